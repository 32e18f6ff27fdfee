import { valueOf } from '../base/lookup.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { AppEventEntry } from '../sources/observations.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** What a process says of the protocol that it is spoken to, and so of the one it speaks. */
export interface ProtocolComplaint {
  readonly tls: boolean | undefined;
  readonly http2: boolean | undefined;
  readonly uwsgi: boolean;
  readonly evidence: Evidence;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

const COMPLAINTS: ReadonlySet<AppEventEntry['event']> = new Set([
  'tls-client-sent-http',
  'http-client-sent-tls',
  'protocol-mismatch',
]);

/**
 * The latest complaint that the gateway's requests can have caused. Scanners, scrapers and other ports of the same process
 * cause them too: a line that names its client counts only when that is the gateway (or its node); one that names nobody
 * counts only where `known` is false, that is where nothing else says what the port speaks.
 */
export function complaintOf(world: Asked, pod: Pod, known: boolean): ProtocolComplaint | undefined {
  const callers = valueOf(world.trace.callers);
  const own = new Set(callers?.flatMap((caller) => [...caller.ips, ...caller.hostIPs]));
  const entry = world.seen.app.events.findLast((event) => {
    if (!COMPLAINTS.has(event.event) || event.at.previous || event.at.namespace !== pod.namespace) return false;
    const clients = addressesIn(event.at.quote).filter((address) => !pod.ips.includes(address));
    if (clients.length === 0 || callers === undefined) return !known;
    return clients.some((address) => own.has(address) || world.model.nodeByIP(address).state === 'found');
  });
  return entry === undefined ? undefined : read(entry);
}

function read(entry: AppEventEntry): ProtocolComplaint {
  const evidence = logEvidence(entry, 'the process complains about the protocol it is spoken to');
  const uwsgi = /invalid request block size/.test(entry.at.quote);
  const tls =
    entry.event === 'tls-client-sent-http' ? true : entry.event === 'http-client-sent-tls' ? false : undefined;
  const http2 = WANTS_HTTP2.test(entry.at.quote) ? true : GOT_HTTP2.test(entry.at.quote) ? false : undefined;
  return { tls, http2, uwsgi, evidence };
}

/** HTTP/2 servers that got HTTP/1.1 (Go gRPC, Netty), and HTTP/1.1 servers that got HTTP/2's preface. */
const WANTS_HTTP2 = /bogus greeting|preface|HTTP\/2 only/i;
const GOT_HTTP2 = /PRI \* HTTP|invalid http version|in the HTTP protocol|Invalid HTTP request received/i;

function addressesIn(text: string): readonly string[] {
  return text.slice(0, 2000).match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
}
