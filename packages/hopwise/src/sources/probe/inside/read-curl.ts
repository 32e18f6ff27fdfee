import { parseResponse } from '../../logs/index.ts';
import type { ClientError } from '../../observations.ts';
import type { ProbeAttempt, ProbeFailure, ProbePhase } from '../../probe-observation.ts';
import { keepHeaders } from '../exchange.ts';

/** What `curl --verbose --write-out %{json}` printed, as an attempt; undefined when curl did not come to an end. */
export function readCurl(text: string, time: number, port: number): ProbeAttempt | undefined {
  const numbers = lastJson(text);
  if (numbers === undefined) return undefined;
  const response = parseResponse(text.replace(/^\{"[^\n]*$/gm, ''), 'curl');
  const times = {
    connect: seconds(numbers, 'time_connect'),
    tls: seconds(numbers, 'time_appconnect'),
    sent: seconds(numbers, 'time_pretransfer'),
    first: seconds(numbers, 'time_starttransfer'),
    total: seconds(numbers, 'time_total') ?? 0,
  };
  const address = textOf(numbers, 'remote_ip');
  const status = response.status ?? statusOf(numbers);
  const failure = response.clientError === undefined ? undefined : failureOf(response.clientError, times, status);
  const phases = phasesOf(times, failure);
  return {
    time,
    connection: 1,
    reused: false,
    ...(address === undefined ? {} : { address }),
    port,
    unreachable: [],
    phases,
    ...(status === undefined ? {} : { status }),
    ...(response.protocol === undefined ? {} : { protocol: response.protocol }),
    headers: keepHeaders(Object.entries(response.headers)),
    body: '',
    bodyBytes: 0,
    ...(failure === undefined ? {} : { failure }),
  };
}

type Numbers = Readonly<Record<string, unknown>>;

function lastJson(text: string): Numbers | undefined {
  const line = text.split('\n').findLast((each) => each.startsWith('{"') && each.includes('"time_total"'));
  if (line === undefined || line.length > 64 * 1024) return undefined;
  try {
    return JSON.parse(line) as Numbers;
  } catch {
    return undefined;
  }
}

/** Milliseconds; curl's 0 means that the part was not reached. */
function seconds(numbers: Numbers, name: string): number | undefined {
  const value = numbers[name];
  return typeof value === 'number' && value > 0 ? value * 1000 : undefined;
}

function textOf(numbers: Numbers, name: string): string | undefined {
  const value = numbers[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, 100) : undefined;
}

function statusOf(numbers: Numbers): number | undefined {
  const value = numbers['response_code'];
  return typeof value === 'number' && value >= 100 ? value : undefined;
}

interface Times {
  readonly connect: number | undefined;
  readonly tls: number | undefined;
  readonly sent: number | undefined;
  readonly first: number | undefined;
  readonly total: number;
}

const CODES: Readonly<Record<ClientError['kind'], string>> = {
  dns: 'ENOTFOUND',
  refused: 'ECONNREFUSED',
  timeout: 'TIMEOUT',
  tls: 'TLS',
  reset: 'ECONNRESET',
  'empty-reply': 'CLOSED',
  other: 'ERROR',
};

/** curl says what failed; how far its clock got says where. */
function failureOf({ kind, message }: ClientError, times: Times, status: number | undefined): ProbeFailure {
  const phase: ProbePhase =
    kind === 'dns'
      ? 'dns'
      : kind === 'tls'
        ? 'tls'
        : times.connect === undefined
          ? 'connect'
          : status === undefined
            ? 'first-byte'
            : 'body';
  const unreachable = /no route to host|unreachable/i.test(message);
  return { phase, code: unreachable ? 'EHOSTUNREACH' : CODES[kind], message };
}

function phasesOf(
  { connect, tls, sent, first, total }: Times,
  failure: ProbeFailure | undefined,
): ProbeAttempt['phases'] {
  const start = sent ?? tls ?? connect ?? 0;
  const reached: Partial<Record<ProbePhase, number>> = {
    ...(connect === undefined ? {} : { connect }),
    ...(tls === undefined || connect === undefined ? {} : { tls: tls - connect }),
    ...(first === undefined ? {} : { 'first-byte': first - start, body: total - first }),
  };
  if (failure === undefined || reached[failure.phase] !== undefined) return reached;
  return { ...reached, [failure.phase]: total - (first ?? start) };
}
