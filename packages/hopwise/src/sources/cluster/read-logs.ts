import type { LogFile } from '../observations.ts';
import { type ApiFailure, readFailure } from './api/api-failure.ts';
import { type ClusterClient, ClusterError } from './client.ts';
import type { LogQuery } from './query.ts';

const MAX_LINES = 20_000;

/** The end of one container's log, named as a capture would name it; a failure when the API server or kubelet refuses. */
export async function readContainerLog(
  client: ClusterClient,
  query: LogQuery,
  signal: AbortSignal,
): Promise<LogFile | ApiFailure> {
  const { namespace, pod, container, previous, limitBytes, sinceTime } = query;
  try {
    const response = await client.request({
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
      query: {
        container,
        tailLines: String(Math.min(query.lines, MAX_LINES)),
        ...(previous ? { previous: 'true' } : {}),
        ...(sinceTime === undefined ? {} : { sinceTime }),
      },
      headers: { accept: '*/*' },
      maxBytes: limitBytes * 4,
      signal,
    });
    if (response.status !== 200) return readFailure(response.status, response.body);
    // The kubelet's own limitBytes keeps the beginning; the end is what tells why requests fail now.
    const { body } = response;
    const tail = body.length > limitBytes ? fromNextLine(body.subarray(body.length - limitBytes)) : body;
    const file = `logs/${namespace}/${pod}/${container}${previous ? '.previous' : ''}.log`;
    const truncated = response.truncated || tail.length < body.length;
    return { file, namespace, pod, container, previous, text: tail.toString('utf8'), truncated };
  } catch (error) {
    if (error instanceof ClusterError) return error.failure;
    throw error;
  }
}

function fromNextLine(bytes: Buffer): Buffer {
  const end = bytes.indexOf(10);
  return end === -1 ? bytes : bytes.subarray(end + 1);
}
