import type { Ingress } from '../../../model/kinds/ingress.ts';
import type { AnnotationReader, Read, Validator } from './annotation-reader.ts';
import type { NginxInstance } from './instance.ts';
import { ANNOTATION_SETTINGS } from './settings.ts';
import * as accept from './validators.ts';
import { ratesAliases, since } from './version.ts';

/** Why the controller does not load an Ingress at all. */
export interface Refusal {
  readonly field: string;
  readonly why: string;
}

/** Annotations whose value, once refused by validation, costs the whole Ingress (their Parse returns the error as it is). */
const TEXTS: readonly (readonly [name: string, accepts: Validator, aliases?: readonly string[]])[] = [
  ['server-alias', accept.serverNames],
  ['custom-http-errors', accept.httpErrors],
  ['default-backend', accept.serviceName],
  ['proxy-ssl-secret', accept.basicCharacters],
  ['auth-tls-secret', accept.basicCharacters],
  ['auth-url', accept.urlWithVariables],
  ['auth-type', (text) => /basic|digest/.test(text)],
  [
    'load-balance',
    accept.oneOf(['round_robin', 'chash', 'chashsubset', 'sticky_balanced', 'sticky_persistent', 'ewma']),
  ],
  ['upstream-vhost', accept.serverName],
  ['upstream-hash-by', accept.hashKey],
  ['x-forwarded-prefix', accept.pathWithCapture],
  ['connection-proxy-header', accept.oneOf(['close', 'keep-alive'])],
  ['client-body-buffer-size', accept.size],
  ['limit-allowlist', accept.addressRanges, ['limit-whitelist']],
  ['fastcgi-params-configmap', accept.basicCharacters],
];
const BOOLS = ['ssl-passthrough', 'http2-push-preload', 'upstream-hash-by-subset'];
const INTS = ['limit-rps', 'limit-rpm', 'limit-connections', 'upstream-hash-by-subset-size'];
const RATED = new Map(
  ANNOTATION_SETTINGS.flatMap((setting) =>
    setting.risk === undefined || setting.until !== undefined ? [] : [[setting.key, setting.risk] as const],
  ),
);
const ALIASES = new Set(ANNOTATION_SETTINGS.flatMap((setting) => (setting.aliasOf === undefined ? [] : [setting.key])));
const RISKS = ['low', 'medium', 'high', 'critical'];

/** Everything that keeps an Ingress of the right class out of the configuration (store.go, annotations.go). */
export function findRefusal(instance: NginxInstance, ingress: Ingress, reader: AnnotationReader): Refusal | undefined {
  return (
    catchAll(instance, ingress) ??
    suspicious(instance, ingress) ??
    blockedWord(instance, ingress) ??
    tooRisky(instance, ingress) ??
    invalid(reader)
  );
}

function catchAll(instance: NginxInstance, ingress: Ingress): Refusal | undefined {
  if (!instance.disableCatchAll || ingress.defaultBackend === undefined) return undefined;
  return {
    field: 'spec.defaultBackend',
    why: 'the controller runs with --disable-catch-all and ignores Ingresses that have a default backend',
  };
}

/** --deep-inspect (internal/ingress/inspector/rules.go): words that smell of injected configuration. */
function suspicious(instance: NginxInstance, ingress: Ingress): Refusal | undefined {
  if (!instance.deepInspect || !since(instance.version, 1, 2)) return undefined;
  for (const [r, rule] of ingress.rules.entries()) {
    if (isSuspicious(rule.host ?? ''))
      return { field: `spec.rules[${r}].host`, why: 'the controller takes this host for an injection' };
    for (const [p, path] of (rule.paths ?? []).entries()) {
      if (isSuspicious(path.path ?? '')) {
        return {
          field: `spec.rules[${r}].http.paths[${p}].path`,
          why: 'the controller takes this path for an injection',
        };
      }
    }
  }
  return undefined;
}

function isSuspicious(text: string): boolean {
  if (/\/etc\/(?:passwd|shadow|group|nginx|ingress-controller)|\/var\/run\/secrets|_by_lua/.test(text)) return true;
  return ['alias', 'root'].some((word) => {
    const at = text.indexOf(word);
    return at >= 0 && text.indexOf(';', at + word.length) >= 0;
  });
}

function blockedWord(instance: NginxInstance, ingress: Ingress): Refusal | undefined {
  const words = instance.config.text('annotation-value-word-blocklist', '').value;
  if (words === '') return undefined;
  const list = words.trim().split(',');
  for (const [key, value] of Object.entries(ingress.annotations)) {
    if (!key.startsWith(`${instance.annotationsPrefix}/`)) continue;
    const word = list.find((entry) => value.includes(entry));
    if (word !== undefined)
      return { field: key, why: `its value contains ${word}, which annotation-value-word-blocklist forbids` };
  }
  return undefined;
}

/** An annotation above the allowed risk drops the Ingress (parser.CheckAnnotationRisk; High is the limit since 1.12). */
function tooRisky(instance: NginxInstance, ingress: Ingress): Refusal | undefined {
  if (!since(instance.version, 1, 9)) return undefined;
  const limit = instance.config.text(
    'annotations-risk-level',
    since(instance.version, 1, 12) ? 'High' : 'Critical',
  ).value;
  const most = Math.max(RISKS.indexOf(limit.toLowerCase()), 0);
  const prefix = `${instance.annotationsPrefix}/`;
  for (const key of Object.keys(ingress.annotations)) {
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
    const risk = RATED.get(name);
    if (risk === undefined || RISKS.indexOf(risk) <= most) continue;
    if (ALIASES.has(name) && !ratesAliases(instance.version)) continue;
    const why = `the controller rates ${name} as ${risk} risk and allows ${RISKS[most]} at most (annotations-risk-level), so it ignores the whole Ingress`;
    return { field: key, why };
  }
  return undefined;
}

function invalid(reader: AnnotationReader): Refusal | undefined {
  if (reader.own.size === 0) return undefined;
  const reads: Read<unknown>[] = [
    ...TEXTS.map(([name, accepts, aliases]) => reader.text(name, accepts, aliases)),
    ...BOOLS.map((name) => reader.bool(name)),
    ...INTS.map((name) => reader.int(name)),
  ];
  const refused = reads.find((read) => read.state === 'refused');
  return refused?.state === 'refused' ? refusedValue(refused.key) : undefined;
}

export function refusedValue(key: string): Refusal {
  return {
    field: key,
    why: `the value of ${key} does not pass annotation validation, so the controller ignores the whole Ingress`,
  };
}
