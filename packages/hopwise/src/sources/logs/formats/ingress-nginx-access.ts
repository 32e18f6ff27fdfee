import type { FailureMode } from '../../failure.ts';
import type { Attempt } from '../../observations.ts';
import { type ClfHead, looksLikeClf, present, readClf, secondsToMs } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { madeByProxy } from '../made-by-proxy.ts';

/**
 * ingress-nginx's default `log-format-upstream`
 * (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/): combined, then request length
 * and time, [upstream name] [alternative], and per attempt address, response length, time and status, then the request id.
 */
const TAIL = /^(\d{1,18}) (\d{1,9}\.\d{1,6}) \[([^\]]{0,512})\] \[([^\]]{0,512})\] (.{1,16000})$/;

export const ingressNginxAccess: LogFormat = {
  id: 'ingress-nginx-access',
  sniff: (line) => looksLikeClf(line.text) && line.text.includes('] ['),
  parse(line) {
    const head = readClf(line.text);
    const tail = head === undefined ? null : TAIL.exec(head.rest);
    if (head === undefined || tail === null) return undefined;
    const lists = readLists(tail[5] ?? '');
    return lists === undefined ? undefined : [draft(head, tail, lists)];
  },
};

interface Lists {
  readonly groups: readonly (readonly Attempt[])[];
  readonly requestId: string | undefined;
}

function draft(head: ClfHead, tail: RegExpExecArray, lists: Lists): DraftOf<'access'> {
  const attempts = lists.groups.flat();
  // The alternative is named when a canary took the request (rootfs/etc/nginx/lua/balancer.lua).
  const alternative = present(tail[4]);
  const backendName = alternative ?? present(tail[3]);
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'ingress-nginx-access',
    time: head.time,
    method: head.method,
    path: head.target,
    protocol: head.protocol,
    status: head.status,
    durationMs: secondsToMs(tail[2]),
    client: head.client,
    userAgent: head.userAgent,
    requestId: lists.requestId,
    backendName,
    details: alternative === undefined ? undefined : `alternative of ${tail[3]}`,
    attempts,
    mode: modeOf(head.status, backendName, attempts.length === 0),
    generated: madeByProxy(
      { status: head.status, bytes: head.bytes, method: head.method },
      (lists.groups[0] ?? []).at(-1),
    ),
  });
}

/**
 * What the line alone shows: the default backend took what no rule matched, and the controller's template answers 503 by
 * itself, trying nobody, when the location's Service has no endpoint (rootfs/etc/nginx/template/nginx.tmpl, balancer.lua).
 */
function modeOf(status: number, backendName: string | undefined, untried: boolean): FailureMode | undefined {
  if (backendName === 'upstream-default-backend' && status < 500) return 'no-route';
  return untried && status === 503 && backendName !== undefined ? 'no-endpoints' : undefined;
}

/** Four lists of equal length behind each other; items end in a comma, groups (internal redirects) are parted by ` : `. */
function readLists(text: string): Lists | undefined {
  const words = text.split(' ');
  const lists: string[][][] = [];
  let at = 0;
  for (let list = 0; list < 4; list++) {
    const groups: string[][] = [[]];
    for (;;) {
      const word = words[at++];
      if (word === undefined || word === '') return undefined;
      groups.at(-1)?.push(word.endsWith(',') ? word.slice(0, -1) : word);
      if (word.endsWith(',')) continue;
      if (words[at] !== ':') break;
      at++;
      groups.push([]);
    }
    lists.push(groups);
  }
  const [addresses = [], lengths = [], times = [], statuses = []] = lists;
  const groups = addresses.map((group, g) =>
    group.flatMap((address, i) => attempt(address, lengths[g]?.[i], times[g]?.[i], statuses[g]?.[i])),
  );
  return { groups, requestId: present(words[at]) };
}

function attempt(address: string, length?: string, time?: string, status?: string): Attempt[] {
  if (address === '-') return [];
  return [
    compact<Attempt>({
      address,
      status: status !== undefined && /^\d{3}$/.test(status) ? Number(status) : undefined,
      durationMs: secondsToMs(time),
      bytes: length !== undefined && /^\d{1,18}$/.test(length) ? Number(length) : undefined,
    }),
  ];
}
