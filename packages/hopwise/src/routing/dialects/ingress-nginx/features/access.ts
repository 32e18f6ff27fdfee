import type { ClusterModel } from '../../../../model/cluster-model.ts';
import { type AnnotationReader, valueOr } from '../annotation-reader.ts';
import type { ControllerConfig } from '../config-map.ts';
import {
  addressRanges,
  basicCharacters,
  extendedCharacters,
  headerNames,
  httpMethod,
  oneOf,
  urlWithVariables,
} from '../validators.ts';

/** How the access annotations of an Ingress can close its locations. */
export interface Access {
  /** Every location of the Ingress answers 503. */
  readonly denied?: Denial;
  /** Every location of every host it names answers 403. */
  readonly serverDenied?: Denial;
}
export interface Denial {
  readonly key: string;
  readonly why: string;
}

interface Place {
  readonly model: ClusterModel;
  readonly reader: AnnotationReader;
  readonly config: ControllerConfig;
  readonly namespace: string;
  readonly crossNamespace: boolean;
}

/** The first annotation that makes the controller deny the Ingress's locations (LocationDenied in its annotation parsers). */
export function readAccess(place: Place): Access {
  const client = clientCertificate(place);
  const denied =
    client ?? sourceRanges(place) ?? password(place) ?? externalAuth(place) ?? customHeaders(place) ?? fastCgi(place);
  return {
    ...(denied === undefined ? {} : { denied }),
    ...(client === undefined ? {} : { serverDenied: client }),
  };
}

/** auth-tls-secret that cannot be used closes the whole server (authtls: AuthTLSError). */
function clientCertificate({ model, reader, namespace, crossNamespace }: Place): Denial | undefined {
  const secret = reader.text('auth-tls-secret', basicCharacters);
  if (secret.state !== 'set') return undefined;
  const named = splitName(secret.value);
  const deny = (why: string): Denial => ({ key: secret.key, why });
  if (named === undefined) return deny(`auth-tls-secret must be namespace/name, not ${secret.value}`);
  if (!crossNamespace && named.namespace !== namespace) return deny('Secrets of another namespace are not allowed');
  return holdsCertificate(model, named)
    ? undefined
    : deny(`Secret ${secret.value} does not exist or holds no certificate`);
}

/** An address list that cannot be read closes the location rather than opening it. */
function sourceRanges({ reader }: Place): Denial | undefined {
  const lists = [
    reader.text('allowlist-source-range', addressRanges, ['whitelist-source-range']),
    reader.text('denylist-source-range', addressRanges),
  ];
  for (const list of lists) {
    if (
      list.state === 'refused' ||
      list.state === 'unreadable' ||
      (list.state === 'set' && !addressRanges(list.value))
    ) {
      const text = list.state === 'set' ? list.value : list.text;
      return { key: list.key, why: `${text === '' ? 'an empty value' : text} is no list of addresses` };
    }
  }
  return undefined;
}

function password({ model, reader, namespace, crossNamespace }: Place): Denial | undefined {
  const type = reader.text('auth-type', (text) => /basic|digest/.test(text));
  if (type.state !== 'set') return undefined;
  const secret = reader.text('auth-secret', basicCharacters);
  const deny = (why: string): Denial => ({ key: reader.key('auth-secret'), why });
  if (secret.state !== 'set') return deny('auth-type is set but auth-secret names no Secret');
  const named = splitName(secret.value) ?? { namespace, name: secret.value };
  if (!crossNamespace && named.namespace !== namespace) return deny('Secrets of another namespace are not allowed');
  const lookup = model.get('Secret', named.namespace, named.name);
  if (lookup.state === 'absent') return deny(`Secret ${named.namespace}/${named.name} does not exist`);
  const kind = valueOr(reader.text('auth-secret-type', oneOf(['auth-file', 'auth-map'])), 'auth-file');
  const keys = lookup.state === 'found' ? lookup.value.keys : undefined;
  const lacksFile = kind === 'auth-file' && keys?.includes('auth') === false;
  return lacksFile ? deny(`Secret ${named.namespace}/${named.name} has no key auth`) : undefined;
}

function externalAuth({ reader }: Place): Denial | undefined {
  const url = reader.text('auth-url', urlWithVariables);
  if (url.state !== 'set') return undefined;
  // url.Parse must find a scheme and a host (parser.StringToURL).
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url.value)?.[1];
  if (host === undefined || host.includes('..'))
    return { key: url.key, why: `${url.value} is no URL with scheme and host` };
  const method = reader.text('auth-method', httpMethod);
  if (method.state === 'refused') return { key: method.key, why: `${method.text} is no HTTP method` };
  const headers = reader.text('auth-response-headers', headerNames);
  return headers.state === 'refused' ? { key: headers.key, why: 'the header list is not valid' } : undefined;
}

/** The ConfigMap must exist and may only hold headers that global-allowed-response-headers lists. */
function customHeaders({ model, reader, config }: Place): Denial | undefined {
  const map = reader.text('custom-headers', basicCharacters);
  if (map.state !== 'set') return undefined;
  const named = splitName(map.value);
  const lookup = named === undefined ? undefined : model.get('ConfigMap', named.namespace, named.name);
  if (lookup === undefined || lookup.state === 'absent')
    return { key: map.key, why: `ConfigMap ${map.value} does not exist` };
  if (lookup.state === 'unknown') return undefined;
  const allowed = config.list('global-allowed-response-headers');
  const forbidden = Object.keys(lookup.value.data).find((header) => !allowed.includes(header));
  return forbidden === undefined
    ? undefined
    : { key: map.key, why: `header ${forbidden} is not in global-allowed-response-headers` };
}

function fastCgi({ model, reader, namespace, crossNamespace }: Place): Denial | undefined {
  const map = reader.text('fastcgi-params-configmap', extendedCharacters);
  if (map.state !== 'set') return undefined;
  const named = splitName(map.value) ?? { namespace, name: map.value };
  if (!crossNamespace && named.namespace !== namespace) return undefined;
  return model.get('ConfigMap', namespace, named.name).state === 'absent'
    ? { key: map.key, why: `ConfigMap ${namespace}/${named.name} does not exist` }
    : undefined;
}

/** `namespace/name`; undefined for anything else. */
export function splitName(text: string): { readonly namespace: string; readonly name: string } | undefined {
  const match = /^([^/]+)\/([^/]+)$/.exec(text);
  return match === null ? undefined : { namespace: match[1] ?? '', name: match[2] ?? '' };
}

/** A Secret without any certificate never gets into the controller's certificate store; a redacted one may hold one. */
export function holdsCertificate(
  model: ClusterModel,
  named: { readonly namespace: string; readonly name: string },
): boolean {
  const lookup = model.get('Secret', named.namespace, named.name);
  if (lookup.state !== 'found') return lookup.state === 'unknown';
  const { keys } = lookup.value;
  if (keys === undefined) return true;
  return (keys.includes('tls.crt') && keys.includes('tls.key')) || keys.includes('ca.crt');
}
