import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOrBuildBinaries, NoControlPlane } from './binaries.ts';
import { startControlPlane } from './control-plane.ts';
import { loadObjects } from './load-objects.ts';

// node_modules/.bin/node test/controlplane/run.ts [--controllers] [CAPTURE-FOLDER…]
// Brings up a control plane, loads the captures, serves the logs of the last one, prints how to reach it, and stays until
// Ctrl-C. Exit code 77 when this machine can have none, with the reason.

const { values, positionals } = parseArgs({ options: { controllers: { type: 'boolean' } }, allowPositionals: true });
try {
  const binaries = await findOrBuildBinaries((text) => console.error(text));
  const controlPlane = await startControlPlane({ binaries, controllers: values.controllers === true });
  try {
    for (const folder of positionals) {
      const { objects, refused } = await loadObjects(controlPlane, folder);
      controlPlane.kubelet.serveLogs(join(folder, 'logs'));
      console.error(`${folder}: ${objects.length} objects`);
      for (const { object, message } of refused) console.error(`refused ${object}: ${message}`);
    }
    console.log(`export KUBECONFIG=${controlPlane.admin.kubeconfig}`);
    console.error(`${controlPlane.server} is ready (kubectl: ${binaries.kubectl}); Ctrl-C ends it`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } finally {
    await controlPlane.stop();
  }
} catch (error) {
  if (!(error instanceof NoControlPlane)) throw error;
  console.error(`no control plane: ${error.message}`);
  process.exitCode = 77;
}
