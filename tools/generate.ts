import { causePagesGenerator } from './generate/gen-cause-pages.ts';
import { cliReferenceGenerator } from './generate/gen-cli-reference.ts';
import { clusterRolesGenerator } from './generate/gen-cluster-roles.ts';
import { readmeGenerator } from './generate/gen-readme.ts';
import { registryGenerator } from './generate/gen-registry.ts';
import { schemaGenerator } from './generate/gen-schema.ts';
import { findStale, writeGenerated } from './generate/generated-file.ts';

// npm run generate             writes every generated file
// npm run generate -- --check  writes nothing; fails and names the files that are stale

// The registry comes first: what is generated from running the engine then runs with every check.
const generators = [
  registryGenerator,
  causePagesGenerator,
  cliReferenceGenerator,
  schemaGenerator,
  clusterRolesGenerator,
  readmeGenerator,
];

if (process.argv.includes('--check')) {
  const stale = await findStale(generators);
  for (const line of stale) console.error(`stale: ${line}`);
  if (stale.length > 0) console.error('Run `npm run generate` and commit the result.');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const path of await writeGenerated(generators)) console.log(`wrote ${path}`);
}
