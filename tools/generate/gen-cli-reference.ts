import { renderCliReference } from '../../packages/hopwise/src/cli/reference.ts';
import type { Generator } from './generated-file.ts';

/** The reference page of the command line, from the table that parsing, help and completion use. */
export const cliReferenceGenerator: Generator = {
  name: 'cli reference',
  owns: ['docs/reference'],
  generate: () => new Map([['docs/reference/cli.md', renderCliReference()]]),
};
