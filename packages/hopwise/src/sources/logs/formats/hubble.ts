import { type Fields, jsonFields } from '../application/fields.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readHeadTime, readTimeField } from '../timestamp.ts';

/**
 * Cilium Hubble's flows (`hubble observe`, compact text or JSON): a dropped packet is a connection nobody answers. Flows
 * that were forwarded say nothing that is kept.
 */
const FLOW = /: (\S{1,320}) \([^)]{1,80}\) (?:<>|->|<-) (\S{1,320}) \([^)]{1,80}\) (.{1,200})$/;

export const hubble: LogFormat = {
  id: 'hubble',
  sniff: ({ text }) =>
    text.charCodeAt(0) === 0x7b ? text.startsWith('{"flow":{') : text.includes(' (ID:') || text.includes(' DROPPED'),
  parse({ text, json }) {
    if (json !== undefined) return ofJson(jsonFields(json));
    const flow = FLOW.exec(text);
    if (flow === null) return undefined;
    if (!/\bDROPPED\b/.test(flow[3] ?? '')) return [];
    return [
      compact<DraftOf<'backend-error'>>({
        type: 'backend-error',
        format: 'hubble',
        mode: 'connect-timeout',
        time: readHeadTime(text),
        client: flow[1],
        address: flow[2],
        phrase: quoteOf(flow[3] ?? ''),
      }),
    ];
  },
};

function ofJson(fields: Fields): readonly DraftOf<'backend-error'>[] | undefined {
  const flow = fields.object('flow');
  if (flow === undefined) return undefined;
  if (flow.text('verdict') !== 'DROPPED') return [];
  const ip = flow.object('IP');
  const port = flow.object('l4')?.object('TCP', 'UDP')?.number('destination_port');
  const destination = flow.object('destination');
  const pod = destination?.text('pod_name');
  const to = ip?.text('destination');
  return [
    compact<DraftOf<'backend-error'>>({
      type: 'backend-error',
      format: 'hubble',
      mode: 'connect-timeout',
      time: readTimeField(flow.text('time')),
      client: ip?.text('source'),
      address: to === undefined || port === undefined ? to : `${to}:${port}`,
      backendName: pod === undefined ? undefined : `${destination?.text('namespace') ?? ''}/${pod}`,
      phrase: quoteOf(flow.text('drop_reason_desc') ?? 'DROPPED'),
    }),
  ];
}
