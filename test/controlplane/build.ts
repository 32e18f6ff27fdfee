import { findOrBuildBinaries, NoControlPlane } from './binaries.ts';

// node_modules/.bin/node test/controlplane/build.ts: finds or builds the programs of the test control plane and says where
// they are. Exit code 77 when this machine can have none, with the reason.

try {
  const binaries = await findOrBuildBinaries((text) => console.error(text));
  for (const [name, path] of Object.entries(binaries)) console.log(`${name}\t${path}`);
} catch (error) {
  if (!(error instanceof NoControlPlane)) throw error;
  console.error(`no control plane: ${error.message}`);
  process.exitCode = 77;
}
