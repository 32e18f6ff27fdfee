import { valueOf } from '../../../../base/lookup.ts';
import { type ObjectId, objectId } from '../../../../base/object-id.ts';
import type { ClusterModel } from '../../../../model/cluster-model.ts';
import type { AnnotationReader } from '../annotation-reader.ts';
import { valueOr } from '../annotation-reader.ts';
import { basicCharacters, oneOf, serverName } from '../validators.ts';
import { holdsCertificate, splitName } from './access.ts';

/** internal/ingress/annotations/proxyssl: how TLS to the backend is spoken; read only when proxy-ssl-secret names a Secret. */
export interface ProxyTls {
  readonly secret: ObjectId;
  readonly key: string;
  readonly name: string;
  readonly serverName: boolean;
  readonly verify: boolean;
  /** The Secret holds a CA to verify with, and a certificate to show. */
  readonly authority: boolean;
  readonly clientCertificate: boolean;
}

export type ProxyTlsRead =
  | { readonly state: 'none' }
  | { readonly state: 'set'; readonly tls: ProxyTls }
  /** The controller answers 503 for every location of the Ingress. */
  | { readonly state: 'denied'; readonly key: string; readonly why: string };

/** Without proxy-ssl-secret all the other proxy-ssl-* annotations have no effect (Parse returns before it reads them). */
export function readProxyTls(
  model: ClusterModel,
  reader: AnnotationReader,
  namespace: string,
  crossNamespace: boolean,
): ProxyTlsRead {
  const secret = reader.text('proxy-ssl-secret', basicCharacters);
  if (secret.state !== 'set') return { state: 'none' };
  const named = splitName(secret.value);
  const denied = (why: string): ProxyTlsRead => ({ state: 'denied', key: secret.key, why });
  if (named === undefined) return denied(`proxy-ssl-secret must be namespace/name, not ${secret.value}`);
  if (!crossNamespace && named.namespace !== namespace) return denied('Secrets of another namespace are not allowed');
  if (!holdsCertificate(model, named)) return denied(`Secret ${secret.value} does not exist or holds no certificate`);
  const keys = valueOf(model.get('Secret', named.namespace, named.name))?.keys;
  const onOff = oneOf(['on', 'off']);
  return {
    state: 'set',
    tls: {
      secret: objectId('Secret', named.namespace, named.name),
      key: secret.key,
      name: valueOr(reader.text('proxy-ssl-name', serverName), ''),
      serverName: valueOr(reader.text('proxy-ssl-server-name', onOff), 'off') === 'on',
      verify: valueOr(reader.text('proxy-ssl-verify', onOff), 'off') === 'on',
      // The directives about verification are only written when the Secret holds a CA (nginx.tmpl: ProxySSL.CAFileName).
      authority: keys === undefined || keys.includes('ca.crt'),
      clientCertificate: keys === undefined || keys.includes('tls.crt'),
    },
  };
}
