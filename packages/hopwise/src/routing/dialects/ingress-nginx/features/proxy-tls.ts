import { type ObjectId, objectId } from '../../../../base/object-id.ts';
import type { AnnotationReader } from '../annotation-reader.ts';
import { valueOr } from '../annotation-reader.ts';
import { basicCharacters, oneOf, serverName } from '../validators.ts';

/** internal/ingress/annotations/proxyssl: how TLS to the backend is spoken; read only when proxy-ssl-secret names a Secret. */
export interface ProxyTls {
  readonly secret: ObjectId;
  readonly key: string;
  readonly name: string;
  readonly serverName: boolean;
  readonly verify: boolean;
}

export type ProxyTlsRead =
  | { readonly state: 'none' }
  | { readonly state: 'set'; readonly tls: ProxyTls }
  /** The controller answers 503 for every location of the Ingress. */
  | { readonly state: 'denied'; readonly key: string; readonly why: string }
  | { readonly state: 'drop'; readonly key: string };

/** Without proxy-ssl-secret all the other proxy-ssl-* annotations have no effect (Parse returns before it reads them). */
export function readProxyTls(
  reader: AnnotationReader,
  namespace: string,
  crossNamespace: boolean,
  secretExists: (namespace: string, name: string) => boolean,
): ProxyTlsRead {
  const secret = reader.text('proxy-ssl-secret', basicCharacters);
  if (secret.state === 'missing' || secret.state === 'unreadable') return { state: 'none' };
  if (secret.state === 'refused') return { state: 'drop', key: secret.key };
  const [secretNamespace = '', name = '', ...rest] = secret.value.split('/');
  const denied = (why: string): ProxyTlsRead => ({ state: 'denied', key: secret.key, why });
  if (rest.length > 0 || secretNamespace === '' || name === '') {
    return denied(`proxy-ssl-secret must be namespace/name, not ${secret.value}`);
  }
  if (!crossNamespace && secretNamespace !== namespace) return denied('Secrets of another namespace are not allowed');
  if (!secretExists(secretNamespace, name))
    return denied(`Secret ${secret.value} does not exist or holds no certificate`);
  const onOff = oneOf(['on', 'off']);
  return {
    state: 'set',
    tls: {
      secret: objectId('Secret', secretNamespace, name),
      key: secret.key,
      name: valueOr(reader.text('proxy-ssl-name', serverName), ''),
      serverName: valueOr(reader.text('proxy-ssl-server-name', onOff), 'off') === 'on',
      verify: valueOr(reader.text('proxy-ssl-verify', onOff), 'off') === 'on',
    },
  };
}
