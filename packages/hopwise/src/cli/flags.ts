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
  /** What completion looks up for its value. */
  readonly complete?: 'contexts' | 'clusters' | 'users' | 'namespaces' | 'requests';
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
  response: {
    value: 'FILE',
    path: true,
    about: 'what curl -sv or curl -si printed for the failing request (live clusters; a capture has its response.txt)',
  },
  status: { value: 'N', about: 'status that was seen, when there is no response.txt' },
  as: { value: 'CALLER', about: 'in-cluster caller: NAMESPACE/POD or deployment/NAMESPACE/NAME' },
  'as-pod': { value: 'NAMESPACE/POD', about: 'in-cluster caller, by Pod' },
  probe: {
    value: 'WHERE',
    values: ['on', 'off', 'inside'],
    about:
      'ask the URL and the gateway’s own address from here: on, off (default with --from), inside (also in the cluster)',
  },
  repeat: { value: 'N', about: 'probe the URL N times, to catch what fails now and then (at most 200)' },
  idle: {
    value: 'TIMES',
    about: 'leave connections idle for so long and use them again, for example 55s,65s (at most five, 10m each)',
  },
  'no-keep-alive': { about: 'a fresh connection for each repeated probe instead of one for all' },
  insecure: { short: 'k', about: 'probe on when the certificate is wrong, as curl -k' },
  'probe-image': { value: 'IMAGE', about: 'image with curl for --probe inside (default curlimages/curl)' },
  yes: { about: 'agree to the short-lived Pod of --probe inside without being asked' },
  'probe-timeout': { value: 'TIME', about: 'how long a probe waits for an answer (default 20s)' },
  requests: {
    value: 'FILE',
    path: true,
    about: 'answer many requests (METHOD URL or a JSON request per line), one JSON line each; - is stdin',
  },
  for: { value: 'URL', complete: 'requests', about: 'capture only what the path of this URL needs' },
  logs: {
    value: 'WHICH',
    values: ['none', 'path', 'all'],
    about: 'which logs to capture (default all, with --for those of its path)',
  },
  anonymize: { about: 'replace names, hosts and addresses by pseudonyms that are the same everywhere in the capture' },
  'anonymize-key': {
    value: 'TEXT',
    about: 'secret from which the pseudonyms are made, for captures to be compared (default: random)',
  },
  'anonymize-map': {
    value: 'FILE',
    path: true,
    about: 'write what was replaced by what to this file, which stays with you',
  },
  'max-size': {
    value: 'SIZE',
    about:
      'most that the capture may take, such as 50Mi (default 50Mi); the oldest lines of large logs are left out first',
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
    complete: 'namespaces',
    about: 'only this namespace (scan, capture); else where to look first when the cluster may not be read as a whole',
  },
  context: { value: 'NAME', complete: 'contexts', about: 'kubeconfig context (default: the current one)' },
  kubeconfig: { value: 'FILE', path: true, about: 'kubeconfig file (default: $KUBECONFIG, else ~/.kube/config)' },
  cluster: { value: 'NAME', complete: 'clusters', about: 'cluster of the kubeconfig, instead of the context’s' },
  user: { value: 'NAME', complete: 'users', about: 'user of the kubeconfig, instead of the context’s' },
  server: { value: 'URL', about: 'address of the API server' },
  token: { value: 'TOKEN', about: 'bearer token for the API server' },
  'certificate-authority': { value: 'FILE', path: true, about: 'certificate authority of the API server' },
  'client-certificate': { value: 'FILE', path: true, about: 'client certificate for the API server' },
  'client-key': { value: 'FILE', path: true, about: 'key of the client certificate' },
  'tls-server-name': { value: 'NAME', about: 'name to expect in the API server’s certificate' },
  'insecure-skip-tls-verify': { about: 'do not verify the API server’s certificate' },
  impersonate: { value: 'USER', about: 'ask the API server as this user (kubectl: --as)' },
  'impersonate-group': { value: 'GROUP', repeat: true, about: 'and as a member of this group (kubectl: --as-group)' },
  'request-timeout': {
    value: 'DURATION',
    about: 'give up a call to the API server after this long without progress (default 15s)',
  },
  since: { value: 'DURATION', about: 'only log lines of the last 5m, 1h, 2d … (default: the end of each log)' },
  'tls-facts': {
    about: 'read the certificates in Secrets too (needs the right to read Secrets; keys are dropped on arrival)',
  },
  'gateway-config': {
    about:
      'ask the gateway’s Pods which endpoints they have loaded (Envoy, Traefik), by port-forward; needs the right to pods/portforward',
  },
  'no-logs': { about: 'do not read logs of the live cluster' },
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

/** Which cluster, with whose rights: kubectl's own flags. */
export const CLUSTER_FLAGS = [
  'context',
  'kubeconfig',
  'cluster',
  'user',
  'server',
  'token',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'impersonate',
  'impersonate-group',
  'request-timeout',
  'tls-facts',
] as const satisfies readonly FlagName[];

export const FLAG_NAMES = Object.keys(FLAGS) as readonly FlagName[];

export function flagSpec(name: FlagName): FlagSpec {
  return FLAGS[name];
}

export function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

/** What `-o` takes, by command. */
export const REPORT_OUTPUTS = ['text', 'json', 'yaml', 'markdown', 'html'] as const satisfies readonly OutputId[];
export const DIFF_OUTPUTS = ['text', 'json', 'yaml', 'markdown'] as const satisfies readonly OutputId[];
export const TRACE_OUTPUTS = ['text', 'json', 'yaml'] as const satisfies readonly OutputId[];
export const SCAN_OUTPUTS = [...REPORT_OUTPUTS, 'sarif', 'junit', 'github'] as const satisfies readonly OutputId[];
