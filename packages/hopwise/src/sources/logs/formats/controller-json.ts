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
    const namespace = object?.text('namespace') ?? fields.text('namespace') ?? '';
    const name = object?.text('name');
    return [
      compact<DraftOf<'controller'>>({
        type: 'controller',
        event: said.event,
        subject: within(namespace, said.subject ?? name, said.event),
        message: quoteOf(message),
        time: timeOf(fields),
      }),
    ];
  },
};

/** A bare name is in the namespace of the object that was being reconciled; Services and Secrets are meant by their events. */
function within(
  namespace: string,
  name: string | undefined,
  event: DraftOf<'controller'>['event'],
): string | undefined {
  if (name === undefined || name.includes('/') || namespace === '') return name;
  const kind = event === 'secret-missing' ? 'Secret/' : NAMES_SERVICE.has(event) ? 'Service/' : '';
  return `${kind}${namespace}/${name}`;
}

const NAMES_SERVICE: ReadonlySet<string> = new Set(['service-missing', 'port-missing', 'endpoints-missing']);
