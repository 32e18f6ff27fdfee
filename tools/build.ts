import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, emitTypes, PACKAGE } from './build/bundle.ts';

// npm run build: everything that the published package holds besides bin/, demo/ and schema/.

await bundle();
emitTypes();
for (const name of ['README.md', 'LICENSE']) copyFileSync(join(PACKAGE, '..', '..', name), join(PACKAGE, name));
