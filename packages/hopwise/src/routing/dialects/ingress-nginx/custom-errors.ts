import type { FailureAnswer, FailureTable } from '../../route-table.ts';
import { FAILURES } from './failures.ts';
import { parseGoInt } from './go-values.ts';
import type { NginxInstance } from './instance.ts';

const REFERENCE = 'https://kubernetes.github.io/ingress-nginx/user-guide/custom-errors/';

/** Statuses that are not shown to the client as they are (custom-http-errors), and who answers in their place. */
export interface Interception {
  readonly codes: readonly number[];
  /** A Service answers, which is expected to keep the status (`service`), or NGINX's own default server with this one. */
  readonly answer: 'service' | number;
}

/** The ConfigMap's list (configmap.go: filterErrors); it holds wherever a location has no list of its own. */
export function interceptedEverywhere(instance: NginxInstance): readonly number[] {
  return instance.config
    .list('custom-http-errors')
    .flatMap((text) => parseGoInt(text) ?? [])
    .filter((code) => code > 299 && code < 600);
}

/**
 * NGINX's own default server answers 404, unless the ConfigMap's list has that: the server inherits error_page without the
 * named location it asks for ("could not find named location", seen with 1.11.0; nginx.tmpl: ListenPorts.Default).
 */
export function defaultServerStatus(instance: NginxInstance): number {
  return interceptedEverywhere(instance).includes(404) ? 500 : 404;
}

/** What the client sees of a status that NGINX itself gives. */
export function seenStatus(status: number, { codes, answer }: Interception): number {
  return answer !== 'service' && codes.includes(status) ? answer : status;
}

/** The failure table as a client sees it (nginx.tmpl: CUSTOM_ERRORS). An intercepted answer has a page of somebody else's. */
export function interceptFailures(interception: Interception): FailureTable {
  if (interception.codes.length === 0) return FAILURES;
  const entries = Object.entries(FAILURES).map(([mode, answer]) => [mode, intercept(answer, interception)] as const);
  return Object.fromEntries(entries);
}

function intercept(answer: FailureAnswer, interception: Interception): FailureAnswer {
  const { codes } = interception;
  const statuses = [answer.status, ...(answer.also ?? [])];
  if (!statuses.some((status) => codes.includes(status))) return answer;
  const [status = answer.status, ...also] = [...new Set(statuses.map((code) => seenStatus(code, interception)))];
  return {
    status,
    ...(also.length === 0 ? {} : { also }),
    ...(answer.body === undefined || codes.includes(answer.status) ? {} : { body: answer.body }),
    reference: REFERENCE,
  };
}
