import type { RequestInput } from '../engine/contract.ts';
import type { Flags } from './invocation.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** The request that the flags describe, for one URL. `note` says what was assumed about it. */
export function requestFromFlags(url: string, flags: Flags): { readonly input: RequestInput; readonly note?: string } {
  const common = requestDefaults(flags);
  const completed = completeUrl(url, common.as !== undefined);
  const input = { ...common, url: completed };
  return completed === url ? { input } : { input, note: `no scheme in '${url}'; taken as ${completed}` };
}

/** What the flags say about every request, whichever URL it is for. */
export function requestDefaults(flags: Flags): Omit<RequestInput, 'url'> {
  const method = flags.get('request');
  const protocol = flags.get('protocol');
  const status = flags.get('status');
  const as = readCaller(flags);
  return {
    ...(method === undefined ? {} : { method: checkMethod(method) }),
    ...(flags.has('header') ? { headers: readHeaders(flags.all('header')) } : {}),
    ...(protocol === undefined ? {} : { protocol }),
    ...(status === undefined ? {} : { observedStatus: readStatus(status) }),
    ...(as === undefined ? {} : { as }),
  };
}

/** https for what has no scheme, http for what plainly is inside the cluster. */
export function completeUrl(url: string, inCluster: boolean): string {
  const match = /^([^\s/:?#@]+)(?::(\d{1,5}))?(?:[/?#]|$)/.exec(url);
  if (match === null) return url;
  const host = (match[1] ?? '').toLowerCase().replace(/\.$/, '');
  const port = match[2];
  const internal =
    inCluster || host === 'localhost' || /\.svc(?:\.[a-z0-9.-]+)?$/.test(host) || /\.cluster\.local$/.test(host);
  const plain = port === '80' || (internal && port !== '443');
  return `${plain ? 'http' : 'https'}://${url}`;
}

/** RFC 9110, 5.6.2: what a method or header name may consist of. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function checkMethod(method: string): string {
  if (!TOKEN.test(method)) throw new UsageError(`'${method}' is not a request method`, 'for example: -X POST');
  return method;
}

function readHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    if (colon < 0 || !TOKEN.test(name)) {
      throw new UsageError(`'${line}' is not a header`, "write it as NAME: VALUE, for example: -H 'x-team: shop'");
    }
    const value = line.slice(colon + 1).trim();
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

function readStatus(text: string): number {
  const status = Number(text);
  if (!/^\d{3}$/.test(text) || status < 100 || status > 599) {
    throw new UsageError(
      `--status cannot be '${text}'`,
      'give the three digits that the client saw, for example: --status 502',
    );
  }
  return status;
}

/** kubectl's names and short names of what can be a caller. */
const CALLER_KINDS: ReadonlyMap<string, string> = new Map([
  ['pod', 'pod'],
  ['po', 'pod'],
  ['deployment', 'deployment'],
  ['deploy', 'deployment'],
  ['statefulset', 'statefulset'],
  ['sts', 'statefulset'],
  ['daemonset', 'daemonset'],
  ['ds', 'daemonset'],
  ['replicaset', 'replicaset'],
  ['rs', 'replicaset'],
  ['job', 'job'],
  ['cronjob', 'cronjob'],
]);
const CALLER_FORMS = 'write NAMESPACE/POD or deployment/NAMESPACE/NAME (or the name alone with -n NAMESPACE)';

function readCaller(flags: Flags): string | undefined {
  const as = flags.get('as');
  const pod = flags.get('as-pod');
  if (as !== undefined && pod !== undefined)
    throw new UsageError('--as and --as-pod name two callers', 'give one of them');
  const text = as ?? pod;
  return text === undefined ? undefined : nameCaller(text, flags.get('namespace'));
}

function nameCaller(text: string, namespace: string | undefined): string {
  const parts = text.split('/');
  const [first = '', second = '', third = ''] = parts;
  if (parts.includes('') || parts.length > 3) throw new UsageError(`'${text}' does not name a caller`, CALLER_FORMS);
  if (parts.length === 1) {
    if (namespace !== undefined) return `${namespace}/${first}`;
    throw new UsageError(`the namespace of '${text}' is missing`, CALLER_FORMS);
  }
  const kind = CALLER_KINDS.get(first.toLowerCase());
  if (parts.length === 2) return kind !== undefined && namespace !== undefined ? caller(kind, namespace, second) : text;
  if (kind !== undefined) return caller(kind, second, third);
  throw new UsageError(`'${first}' cannot be a caller`, ...didYouMean(first, [...CALLER_KINDS.keys()]), CALLER_FORMS);
}

function caller(kind: string, namespace: string, name: string): string {
  return kind === 'pod' ? `${namespace}/${name}` : `${kind}/${namespace}/${name}`;
}
