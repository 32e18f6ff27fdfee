import type { OutputId } from '../report/renderer.ts';

/** One flag, as parsing, help, completion and the reference page need it. */
export interface FlagSpec {
  readonly short?: string;
  /** Placeholder of its value; without one the flag is a switch. */
  readonly value?: string;
  /** The only values it takes. */
  readonly values?: readonly string[];
  readonly repeat?: boolean;
  /** Its value is a file or folder. */
  readonly path?: boolean;
  readonly about: string;
}

/** Every flag has one meaning, whichever command takes it. */
export const FLAGS = {
  from: {
    value: 'PATH',
    path: true,
    about: 'capture, manifests, dump or bundle to read instead of a cluster; - is stdin',
  },
  request: { short: 'X', value: 'METHOD', about: 'request method (default GET)' },
  header: { short: 'H', value: "'NAME: VALUE'", repeat: true, about: 'request header; may be given several times' },
  protocol: {
    value: 'NAME',
    values: ['http', 'https', 'grpc', 'websocket'],
    about: 'protocol, where URL and headers do not tell it',
  },
  status: { value: 'N', about: 'status that was seen, when there is no response.txt' },
  as: { value: 'CALLER', about: 'in-cluster caller: NAMESPACE/POD or deployment/NAMESPACE/NAME' },
  'as-pod': { value: 'NAMESPACE/POD', about: 'in-cluster caller, by Pod' },
  requests: {
    value: 'FILE',
    path: true,
    about: 'answer many requests (METHOD URL or a JSON request per line), one JSON line each; - is stdin',
  },
  output: { short: 'o', value: 'FORMAT', about: 'output format (default text)' },
  checklist: { about: 'the five steps of the investigation and what each found' },
  'fail-on': {
    value: 'WHAT',
    about:
      'exit 1 on: any, possible, likely, certain, never, or cause ids (comma-separated); default: a failing verdict',
  },
  baseline: { value: 'FILE', path: true, about: 'leave out the findings listed in this file' },
  'write-baseline': {
    value: 'FILE',
    path: true,
    about: 'write the findings of this scan to a baseline file and exit 0',
  },
  namespace: {
    short: 'n',
    value: 'NAMESPACE',
    about: 'only this namespace (scan); namespace of a caller given by name',
  },
  context: { value: 'NAME', about: 'kubeconfig context (live clusters: not in this version)' },
  kubeconfig: { value: 'FILE', path: true, about: 'kubeconfig file (live clusters: not in this version)' },
  quiet: { short: 'q', about: 'the first lines of the answer only; no notes on stderr' },
  color: {
    value: 'WHEN',
    values: ['auto', 'always', 'never'],
    about: 'colour: auto (a terminal, unless NO_COLOR is set), always, never',
  },
  width: { value: 'N', about: 'columns to fill (default: the terminal, at most 100; else 80)' },
  ascii: { about: 'ASCII signs only (default in a locale that is not UTF-8)' },
  help: { short: 'h', about: 'help for the command' },
  version: { about: 'the version' },
} as const satisfies Record<string, FlagSpec>;

export type FlagName = keyof typeof FLAGS;

export const FLAG_NAMES = Object.keys(FLAGS) as readonly FlagName[];

export function flagSpec(name: FlagName): FlagSpec {
  return FLAGS[name];
}

export function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

/** What `-o` takes, by command. */
export const REPORT_OUTPUTS = ['text', 'json', 'yaml', 'markdown', 'html'] as const satisfies readonly OutputId[];
export const TRACE_OUTPUTS = ['text', 'json', 'yaml'] as const satisfies readonly OutputId[];
export const SCAN_OUTPUTS = [...REPORT_OUTPUTS, 'sarif', 'junit', 'github'] as const satisfies readonly OutputId[];
