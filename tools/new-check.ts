import { join } from 'node:path';
import { causeFacts, isCauseId } from '../packages/hopwise/src/checks/causes.ts';
import { CHECKS_FOLDER } from './generate/check-folders.ts';
import { registryGenerator } from './generate/gen-registry.ts';
import { REPOSITORY, writeGenerated } from './generate/generated-file.ts';
import { writeCheckFiles } from './scaffold/check-files.ts';
import { createFolder, fail } from './scaffold/create-folder.ts';

// npm run new-check -- CAUSE: the folder of a check, registered, with tests that fail until it says something.

const [cause = ''] = process.argv.slice(2);
if (!isCauseId(cause)) {
  fail(
    `'${cause}' is no cause id. Cause ids are public: add it to ${CHECKS_FOLDER}/causes.ts first, or pick one from there.`,
  );
}
const folder = join(CHECKS_FOLDER, causeFacts(cause).family, cause);
if (!createFolder(join(REPOSITORY, folder), writeCheckFiles(cause))) fail(`${folder} is there already.`);
await writeGenerated([registryGenerator]);
console.log(`wrote ${folder}

Next: 1. cases/broken.yaml and cases/fine.yaml   2. check.ts until they pass   3. explain.md   4. npm run generate
Watch it: npm test -- ${folder}`);
