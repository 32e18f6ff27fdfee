import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCaptureObjects } from '../controlplane/capture-objects.ts';
import { startControlPlane } from '../controlplane/control-plane.ts';
import { LISTS, listBothWays } from './both-ways.ts';
import { storeAsIs } from './store.ts';

// node_modules/.bin/node test/protobuf/record.ts
// Records anew what a real API server answers for the objects of objects/, in JSON and in protobuf: fixtures/NAME.{json,pb}.

const folder = join(import.meta.dirname, 'fixtures');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const controlPlane = await startControlPlane();
try {
  await storeAsIs(controlPlane, readCaptureObjects(join(import.meta.dirname, 'objects')));
  for (const [kind, path] of Object.entries(LISTS)) {
    const { json, protobuf } = await listBothWays(controlPlane, path);
    const name = kind.replaceAll('/', '_');
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(JSON.parse(json), null, 1)}\n`);
    writeFileSync(join(folder, `${name}.pb`), protobuf);
  }
} finally {
  await controlPlane.stop();
}
