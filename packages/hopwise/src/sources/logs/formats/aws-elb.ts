import type { FailureMode } from '../../failure.ts';
import type { Attempt } from '../../observations.ts';
import { present, splitRequest } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readIsoTime } from '../timestamp.ts';
import { type Token, tokenise } from '../tokens.ts';

/**
 * Application Load Balancer access log
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html): type, time, elb,
 * client:port, target:port, three processing times, elb_status_code, target_status_code, bytes, "request", "user agent" …,
 * and the classic load balancer's, which has no type. A processing time of -1 means that phase did not happen.
 */
const TYPES = new Set(['http', 'https', 'h2', 'grpcs', 'ws', 'wss']);

export const awsElb: LogFormat = {
  id: 'aws-elb',
  sniff: ({ text }) => {
    const micros = text.indexOf('Z ');
    return micros > 25 && micros < 40 && text[micros - 7] === '.' && text.includes('"');
  },
  parse({ text }) {
    const tokens = tokenise(text);
    const modern = TYPES.has(tokens[0]?.value ?? '');
    const fields = modern ? tokens.slice(1) : tokens;
    const [time, , client, target, requestTime, targetTime, responseTime, elbStatus] = fields.map(
      (token) => token.value,
    );
    const request = fields[11];
    if (request?.quoted !== true || !/^(?:\d{3}|-)$/.test(elbStatus ?? '')) return undefined;
    const timings = [requestTime, targetTime, responseTime].map(Number);
    return [draft(readIsoTime(time ?? ''), fields, { client, target, elbStatus, timings })];
  },
};

interface Read {
  readonly client: string | undefined;
  readonly target: string | undefined;
  readonly elbStatus: string | undefined;
  readonly timings: readonly number[];
}

function draft(time: DraftOf<'access'>['time'], fields: readonly Token[], read: Read): DraftOf<'access'> {
  const value = (index: number): string | undefined => present(fields[index]?.value);
  const status = numberOf(read.elbStatus);
  const targetStatus = numberOf(fields[8]?.value);
  const request = splitRequest(fields[11]?.value ?? '');
  const url = /^[a-z]{2,5}:\/\/([^/:]{1,255}|\[[^\]]{1,45}\])(?::\d{1,5})?(\/.{0,16000})?$/.exec(request.target ?? '');
  const address = present(read.target);
  const spent = read.timings.every((part) => part >= 0)
    ? Math.round(read.timings.reduce((sum, part) => sum + part, 0) * 1000)
    : undefined;
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'aws-elb',
    time,
    method: request.method,
    host: url?.[1],
    path: url === null ? request.target : (url[2] ?? '/'),
    protocol: request.protocol,
    status,
    durationMs: spent,
    client: present(read.client)?.replace(/:\d{1,5}$/, ''),
    userAgent: value(12),
    requestId: value(16),
    backendName: /targetgroup\/([^/]{1,64})/.exec(value(15) ?? '')?.[1],
    attempts: address === undefined ? [] : [compact<Attempt>({ address, status: targetStatus })],
    details: value(23),
    ...meaning(status, targetStatus, address, read.timings),
  });
}

/** elb_status_code without a target_status_code is the load balancer's own answer. */
function meaning(
  status: number | undefined,
  targetStatus: number | undefined,
  address: string | undefined,
  timings: readonly number[],
): { mode?: FailureMode; generated?: boolean } {
  if (status === undefined) return {};
  if (targetStatus !== undefined) return { generated: targetStatus !== status };
  if (status < 500) return { generated: true };
  if (status === 503) return { generated: true, mode: address === undefined ? 'no-endpoints' : 'overflow' };
  const sent = (timings[0] ?? -1) >= 0;
  if (status === 504) return { generated: true, mode: sent ? 'read-timeout' : 'connect-timeout' };
  return status === 502 && sent ? { generated: true, mode: 'reset' } : { generated: true };
}

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{3}$/.test(value) ? Number(value) : undefined;
}
