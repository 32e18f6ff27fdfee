import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Check } from '../../packages/hopwise/src/checks/check.ts';
import { CHECKS_FOLDER, listCheckFolders } from './check-folders.ts';
import { REPOSITORY } from './generated-file.ts';

export interface CheckPage {
  readonly check: Check;
  readonly area: string;
  /** Text of explain.md. */
  readonly page: string;
}

/** Every check with its page, sorted by cause id. */
export async function readChecks(): Promise<CheckPage[]> {
  return Promise.all(
    listCheckFolders().map(async ({ path, area }) => {
      const folder = join(REPOSITORY, CHECKS_FOLDER, path);
      const module: { default: Check } = await import(pathToFileURL(join(folder, 'check.ts')).href);
      const page = join(folder, 'explain.md');
      return { check: module.default, area, page: existsSync(page) ? readFileSync(page, 'utf8') : '' };
    }),
  );
}
