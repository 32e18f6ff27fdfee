import type { EventRule } from './event-rule.ts';
import { CONFIGURATION } from './rules/configuration.ts';
import { DEPENDENCIES } from './rules/dependencies.ts';
import { LIFE } from './rules/life.ts';
import { PROTOCOL } from './rules/protocol.ts';
import { CLIENTS, PATHS } from './rules/requests.ts';
import { RESOURCES } from './rules/resources.ts';

/**
 * Phrases of runtimes, frameworks and servers that say one thing only; first match wins, so the narrower stands first.
 * Every one names what happened, never a word that a path, a setting or a metric may hold as well.
 */
export const EVENT_RULES: readonly EventRule[] = [
  ...PROTOCOL,
  ...CLIENTS,
  ...RESOURCES,
  ...CONFIGURATION,
  ...DEPENDENCIES,
  ...LIFE,
  ...PATHS,
];
