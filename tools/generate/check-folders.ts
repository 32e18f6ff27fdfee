import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './generated-file.ts';

export const CHECKS_FOLDER = 'packages/hopwise/src/checks';

export interface CheckFolder {
  /** The family folder it lies in. */
  readonly area: string;
  /** The cause id, which is the folder's name. */
  readonly cause: string;
  /** Path from checks/: `port/target-port-mismatch`. */
  readonly path: string;
}

/** Every folder that holds a check.ts, sorted by cause id. */
export function listCheckFolders(): CheckFolder[] {
  const root = join(REPOSITORY, CHECKS_FOLDER);
  const areas = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return areas
    .flatMap(({ name: area }) =>
      readdirSync(join(root, area))
        .filter((cause) => existsSync(join(root, area, cause, 'check.ts')))
        .map((cause) => ({ area, cause, path: `${area}/${cause}` })),
    )
    .sort((a, b) => (a.cause < b.cause ? -1 : 1));
}
