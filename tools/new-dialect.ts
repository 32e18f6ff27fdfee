import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './generate/generated-file.ts';
import { createFolder, fail, isKebabCase } from './scaffold/create-folder.ts';
import { addToDialectList, writeDialectFiles } from './scaffold/dialect-files.ts';

// npm run new-dialect -- CONTROLLER: the folder of a dialect, registered, with tests that fail until it says something.

const DIALECTS_FOLDER = 'packages/hopwise/src/routing/dialects';

const [id = ''] = process.argv.slice(2);
if (!isKebabCase(id)) fail(`'${id}' is no name for a dialect: kebab-case, like ingress-nginx.`);
const folder = join(DIALECTS_FOLDER, id);
if (!createFolder(join(REPOSITORY, folder), writeDialectFiles(id))) fail(`${folder} is there already.`);
const list = join(REPOSITORY, DIALECTS_FOLDER, 'index.ts');
writeFileSync(list, addToDialectList(readFileSync(list, 'utf8'), id));
console.log(`wrote ${folder} and its line in ${DIALECTS_FOLDER}/index.ts

Next: 1. the controller in routing/ingress/known-controllers.ts   2. failures.ts and settings.ts from its documentation
      3. dialect.ts, one file per feature, a test per feature     4. what is not understood is listed, never ignored
Watch it: npm test -- ${folder}`);
