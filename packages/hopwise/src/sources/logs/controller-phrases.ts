import type { ControllerEvent } from '../observations.ts';

/** What a controller's message says, and about which object. */
export interface ControllerSaid {
  readonly event: ControllerEvent;
  readonly subject?: string;
}

interface Phrase {
  readonly needle: string;
  readonly event: ControllerEvent;
  /** Kind of the object the message names, when the phrase fixes it. */
  readonly kind?: string;
}

/**
 * Messages of ingress-nginx (internal/ingress/controller), F5's controller, AGIC, GLBC, AWS' controller, Traefik's
 * providers, Kong's controller, HAProxy's, Contour and client-go; lower-case needles, first match wins.
 */
const PHRASES: readonly Phrase[] = [
  // permission, before anything a forbidden list could also be taken for
  { needle: ' is forbidden: user ', event: 'permission-denied' },
  { needle: 'forbidden: user "system:serviceaccount', event: 'permission-denied' },
  { needle: 'no permissions to ', event: 'permission-denied' },
  { needle: 'accessdenied', event: 'permission-denied' },
  { needle: 'unauthorizedoperation', event: 'permission-denied' },
  { needle: 'authorizationfailed', event: 'permission-denied' },
  // configuration
  { needle: 'unexpected failure reloading the backend', event: 'config-rejected' },
  { needle: 'unexpected failure reconfiguring nginx', event: 'config-rejected' },
  { needle: 'dynamic reconfiguration failed', event: 'config-rejected' },
  { needle: 'error reloading nginx', event: 'config-rejected' },
  { needle: 'nginx reload failed', event: 'config-rejected' },
  { needle: 'failed to reload nginx', event: 'config-rejected' },
  { needle: 'error when reloading nginx', event: 'config-rejected' },
  { needle: 'could not update kong admin', event: 'config-rejected' },
  { needle: 'failed posting new config', event: 'config-rejected' },
  { needle: 'performing update for', event: 'config-rejected' },
  { needle: 'failed applying app gwy configuration', event: 'config-rejected' },
  { needle: 'applicationgatewaysclient#createorupdate: failure', event: 'config-rejected' },
  { needle: 'unable to apply configuration', event: 'config-rejected' },
  { needle: 'error validating new haproxy configuration', event: 'config-rejected' },
  { needle: 'haproxy unable to reload', event: 'config-rejected' },
  { needle: 'ack error', event: 'config-rejected' },
  { needle: "reason: 'rejected'", event: 'config-rejected' },
  { needle: "reason: 'addedorupdatedwitherror'", event: 'config-rejected' },
  { needle: "reason: 'updatedwitherror'", event: 'config-rejected' },
  { needle: 'backend successfully reloaded', event: 'config-applied' },
  { needle: 'successfully synced configuration', event: 'config-applied' },
  { needle: 'applied generated application gateway configuration', event: 'config-applied' },
  { needle: "reason: 'addedorupdated'", event: 'config-applied' },
  { needle: "reason: 'updated'", event: 'config-applied' },
  { needle: 'configuration reload requested', event: 'config-applied' },
  { needle: 'haproxy reloaded', event: 'config-applied' },
  // endpoints and ports before services: these messages name the Service too
  { needle: 'does not have any active endpoint', event: 'endpoints-missing', kind: 'Service' },
  { needle: 'no active endpoints', event: 'endpoints-missing', kind: 'Service' },
  { needle: 'no endpoints found', event: 'endpoints-missing', kind: 'Service' },
  { needle: 'endpoints not found', event: 'endpoints-missing', kind: 'Service' },
  { needle: 'subset not found', event: 'endpoints-missing', kind: 'Service' },
  { needle: 'unable to get endpoints for service', event: 'endpoints-missing', kind: 'Service' },
  { needle: 'no endpoints for service', event: 'endpoints-missing', kind: 'Service' },
  { needle: ': no port {', event: 'port-missing', kind: 'Service' },
  { needle: 'service port not found', event: 'port-missing', kind: 'Service' },
  { needle: 'unable to find port', event: 'port-missing', kind: 'Service' },
  { needle: 'could not find port', event: 'port-missing', kind: 'Service' },
  { needle: 'no matching port', event: 'port-missing', kind: 'Service' },
  { needle: "can't find port", event: 'port-missing', kind: 'Service' },
  { needle: 'obsolete port', event: 'port-missing', kind: 'Service' },
  { needle: 'port not found in service', event: 'port-missing', kind: 'Service' },
  { needle: 'error obtaining endpoints for service', event: 'service-missing', kind: 'Service' },
  { needle: 'error getting service', event: 'service-missing', kind: 'Service' },
  { needle: 'error obtaining service', event: 'service-missing', kind: 'Service' },
  { needle: 'error retrieving service', event: 'service-missing', kind: 'Service' },
  { needle: 'kubernetes service not found', event: 'service-missing', kind: 'Service' },
  { needle: 'service not found', event: 'service-missing', kind: 'Service' },
  { needle: 'could not find service', event: 'service-missing', kind: 'Service' },
  { needle: 'unable to find service', event: 'service-missing', kind: 'Service' },
  // certificates and secrets
  { needle: 'error getting ssl certificate', event: 'secret-missing', kind: 'Secret' },
  { needle: 'unable to read certificate secret', event: 'secret-missing', kind: 'Secret' },
  { needle: 'does not contain a valid ssl certificate', event: 'object-ignored', kind: 'Secret' },
  { needle: 'does not contain a common name', event: 'object-ignored', kind: 'Secret' },
  // objects left out
  { needle: 'ignoring ingress', event: 'object-ignored', kind: 'Ingress' },
  { needle: 'invalid ingress, skipping', event: 'object-ignored', kind: 'Ingress' },
  { needle: 'skipping ingress', event: 'object-ignored', kind: 'Ingress' },
  { needle: 'removing ingress because of unknown ingressclass', event: 'object-ignored', kind: 'Ingress' },
  { needle: 'ignoring ingressclass', event: 'object-ignored', kind: 'IngressClass' },
  { needle: 'of type externalname not allowed', event: 'object-ignored', kind: 'Service' },
  { needle: 'skipping translation', event: 'object-ignored' },
  { needle: 'received invalid ingress', event: 'annotation-invalid', kind: 'Ingress' },
  { needle: 'error reading secret reference in annotation', event: 'annotation-invalid' },
  { needle: 'failed to parse annotations', event: 'annotation-invalid' },
  { needle: 'invalid annotation', event: 'annotation-invalid' },
  { needle: 'annotation contains invalid', event: 'annotation-invalid' },
  // the API
  { needle: 'failed to watch', event: 'watch-failed' },
  { needle: 'failed to list', event: 'watch-failed' },
  { needle: 'error retrieving resource lock', event: 'watch-failed' },
  { needle: 'watch error', event: 'watch-failed' },
  { needle: 'watch of ', event: 'watch-failed' },
  { needle: 'unable to sync caches', event: 'watch-failed' },
  { needle: 'timed out waiting for caches to sync', event: 'watch-failed' },
  { needle: 'no such host', event: 'dns-failure' },
  { needle: 'starting nginx ingress controller', event: 'started', kind: 'Pod' },
  { needle: 'starting ingress controller', event: 'started' },
];

const NAMED_MISSING: readonly (readonly [RegExp, ControllerEvent, string])[] = [
  [/\bservice port ['"]?[\w-]{1,63}['"]? (?:not found|does not exist)/i, 'port-missing', 'Service'],
  [/\bservices? ['"]?[\w./-]{1,253}['"]? (?:not found|doesn't exist|does not exist)/i, 'service-missing', 'Service'],
  [
    /\bsecrets? ['"]?[\w./-]{1,253}['"]? (?:not found|doesn't exist|does not exist|was not found)/i,
    'secret-missing',
    'Secret',
  ],
  [/\bendpoints? ['"]?[\w./-]{1,253}['"]? (?:not found|doesn't exist|does not exist)/i, 'endpoints-missing', 'Service'],
];

/** The controller event a message reports; undefined when it is routine. */
export function controllerSaid(message: string): ControllerSaid | undefined {
  const text = message.length > 4000 ? message.slice(0, 4000) : message;
  const lower = text.toLowerCase();
  const phrase = PHRASES.find(({ needle }) => lower.includes(needle));
  if (phrase !== undefined) return withSubject(phrase.event, phrase.kind, text);
  const named = NAMED_MISSING.find(([pattern]) => pattern.test(text));
  return named === undefined ? undefined : withSubject(named[1], named[2], text);
}

function withSubject(event: ControllerEvent, kind: string | undefined, text: string): ControllerSaid {
  const subject = subjectIn(kind, text);
  return subject === undefined ? { event } : { event, subject };
}

const EVENT_REFERENCE =
  /ObjectReference\{Kind:"([A-Za-z]{1,63})", Namespace:"([a-z0-9.-]{0,63})", Name:"([a-z0-9.-]{1,253})"/;
const FORBIDDEN = /\b([a-z][a-z0-9.]{1,80})(?: "[^"]{0,253}")? is forbidden: User/;
const KEYED = /\b(ingress|service|secret|ingressclass)="([a-z0-9./-]{1,317})"/;
const NAME = String.raw`["'\[]?([a-z0-9][a-z0-9.-]{0,252}(?:/[a-z0-9][a-z0-9.-]{0,252})?)["'\]]?`;
const AFTER_KIND = new RegExp(
  String.raw`\b(?:[Ss]ervice|[Ss]ecret|[Ii]ngress|certificate|[Ee]ndpoints?|key)(?: (?:key|reference|named|for))? ${NAME}`,
  'g',
);

function subjectIn(kind: string | undefined, text: string): string | undefined {
  const reference = EVENT_REFERENCE.exec(text);
  if (reference !== null) return `${reference[1]}/${reference[2]}/${reference[3]}`;
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden !== null) return forbidden[1];
  const keyed = KEYED.exec(text);
  if (keyed !== null) return qualified(keyed[1] === 'ingress' ? 'Ingress' : kind, keyed[2] ?? '');
  if (kind === undefined) return undefined;
  for (const match of text.matchAll(AFTER_KIND)) {
    const name = match[1] ?? '';
    if (!STOP_WORDS.has(name)) return qualified(kind, name);
  }
  const quotedName = /["']([a-z0-9][a-z0-9.-]{0,252}\/[a-z0-9][a-z0-9.-]{0,252})["']/.exec(text);
  return quotedName === null ? undefined : qualified(kind, quotedName[1] ?? '');
}

/** Words that follow "service" without being its name. */
const STOP_WORDS = new Set([
  'port',
  'not',
  'found',
  'in',
  'on',
  'for',
  'does',
  'of',
  'is',
  'was',
  'has',
  'with',
  'error',
  'and',
  'reference',
  'no',
  'named',
  'key',
  'the',
]);

function qualified(kind: string | undefined, name: string): string {
  return kind !== undefined && name.includes('/') ? `${kind}/${name}` : name;
}
