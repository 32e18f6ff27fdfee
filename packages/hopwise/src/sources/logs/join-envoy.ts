import type { AccessEntry, BackendErrorEntry, LogEntry } from '../observations.ts';

/** An error status that the proxy passed on is the backend's own answer, whatever the format. */
export function namePassedOn(entry: LogEntry): LogEntry {
  if (entry.type !== 'access' || entry.generated !== false || entry.mode !== undefined) return entry;
  return (entry.status ?? 0) >= 400 ? { ...entry, mode: 'passed-on' } : entry;
}

/**
 * Envoy's debug log names the cluster and path of a stream once, and its reset later by the stream's id alone: the
 * errors of a stream take over what was said of it.
 */
export function joinEnvoyStreams(entries: readonly LogEntry[]): LogEntry[] {
  const streams = new Map<string, AccessEntry>();
  return entries.map((entry) => {
    if (entry.type === 'access' && entry.format === 'envoy-component' && entry.requestId !== undefined) {
      streams.set(entry.requestId, entry);
      return entry;
    }
    if (entry.type !== 'backend-error' || entry.format !== 'envoy-component' || entry.requestId === undefined)
      return entry;
    const stream = streams.get(entry.requestId);
    return stream === undefined ? entry : withStream(entry, stream);
  });
}

function withStream(entry: BackendErrorEntry, stream: AccessEntry): BackendErrorEntry {
  return {
    ...entry,
    ...(stream.path === undefined ? {} : { path: stream.path }),
    ...(stream.backendName === undefined ? {} : { backendName: stream.backendName }),
  };
}
