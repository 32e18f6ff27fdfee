import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './generate/generated-file.ts';

// npm run krew -- URL-OF-THE-ARCHIVE [HOMEPAGE]
// Packs the program into the current clone and prints the krew manifest for that archive. Upload the archive as it is: packing again
// may give other bytes.

const TEMPLATE = join(REPOSITORY, 'deploy/krew/hopwise.yaml');
const PACKAGE = join(REPOSITORY, 'packages/hopwise');

/** The manifest of deploy/krew for an archive that will be found at `uri`. */
export function fillManifest(archive: string, uri: string, homepage: string): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
  const values: Readonly<Record<string, string>> = { version, uri, homepage, sha256 };
  const text = readFileSync(TEMPLATE, 'utf8').replace(/^#.*\n/gm, '');
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

if (import.meta.main) {
  const [uri, homepage = ''] = process.argv.slice(2);
  if (uri === undefined || !URL.canParse(uri)) {
    console.error('npm run krew -- URL-OF-THE-ARCHIVE [HOMEPAGE]');
    process.exitCode = 2;
  } else {
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', REPOSITORY], { cwd: PACKAGE });
    const archive = join(REPOSITORY, packed.toString('utf8').trim().split('\n').at(-1) ?? '');
    console.error(archive);
    process.stdout.write(fillManifest(archive, uri, homepage === '' ? new URL(uri).origin : homepage));
  }
}
