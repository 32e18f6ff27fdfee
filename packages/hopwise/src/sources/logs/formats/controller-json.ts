import { jsonFields, messageOf, timeOf } from '../application/fields.ts';
import { compact } from '../compact.ts';
import { controllerSaid } from '../controller-phrases.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';

/** controller-runtime's JSON lines (AWS' load balancer controller, NGINX Gateway Fabric, Envoy Gateway, cert-manager …). */
export const controllerJson: LogFormat = {
  id: 'controller-json',
  sniff: ({ text }) =>
    text.charCodeAt(0) === 0x7b &&
    (text.includes('"controller":"') || text.includes('"reconcileID"') || text.includes('"controllerKind"')),
  parse({ json }) {
    if (json === undefined) return undefined;
    const fields = jsonFields(json);
    const error = fields.text('error', 'err');
    const message = error === undefined ? messageOf(fields) : `${messageOf(fields)}: ${error}`;
    const said = controllerSaid(message);
    if (said === undefined) return [];
    const object = fields.object('object', 'Ingress', 'HTTPRoute', 'Gateway', 'Service');
    const name = object === undefined ? undefined : `${object.text('namespace') ?? ''}/${object.text('name') ?? ''}`;
    return [
      compact<DraftOf<'controller'>>({
        type: 'controller',
        event: said.event,
        subject: said.subject ?? name,
        message: quoteOf(message),
        time: timeOf(fields),
      }),
    ];
  },
};
