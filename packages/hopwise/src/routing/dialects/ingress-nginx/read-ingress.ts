import { idOf, type ObjectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import { AnnotationReader, valueOr } from './annotation-reader.ts';
import type { ControllerConfig } from './config-map.ts';
import { readAccess } from './features/access.ts';
import { readCanary } from './features/canary.ts';
import { readCors } from './features/cors.ts';
import { readProxy } from './features/proxy.ts';
import { readProxyTls } from './features/proxy-tls.ts';
import { readRedirect } from './features/redirect.ts';
import { readRewrite } from './features/rewrite.ts';
import { parseGoInt } from './go-values.ts';
import type { NginxInstance } from './instance.ts';
import { ingressNotes } from './notes.ts';
import { fromAnnotation, type ParsedIngress } from './parsed-ingress.ts';
import { findRefusal, type Refusal, refusedValue } from './refusals.ts';
import { effectiveSettings } from './settings-of.ts';
import { httpErrors, pathWithCapture, serverNames, serviceName } from './validators.ts';
import { since } from './version.ts';

export type ReadIngress =
  | { readonly state: 'read'; readonly parsed: ParsedIngress }
  /** The controller does not load this Ingress at all. */
  | { readonly state: 'dropped'; readonly refusal: Refusal };

/** Reads the annotations of one Ingress (internal/ingress/annotations/annotations.go: Extract). */
export function readIngress(model: ClusterModel, instance: NginxInstance, ingress: Ingress): ReadIngress {
  const reader = new AnnotationReader(ingress, instance.annotationsPrefix, instance.validateAnnotations);
  const refusal = findRefusal(instance, ingress, reader);
  if (refusal !== undefined) return { state: 'dropped', refusal };
  if (reader.own.size === 0) return { state: 'read', parsed: plainIngress(model, instance, reader) };
  return readAnnotations(model, instance, reader);
}

const remembered = new WeakMap<NginxInstance, ParsedIngress>();

/** Ingresses without annotations of this controller differ in nothing but themselves: one reading serves them all. */
function plainIngress(model: ClusterModel, instance: NginxInstance, reader: AnnotationReader): ParsedIngress {
  let plain = remembered.get(instance);
  if (plain === undefined) {
    const read = readAnnotations(model, instance, reader);
    if (read.state !== 'read') throw new Error('an Ingress without annotations cannot be refused for one');
    plain = read.parsed;
    remembered.set(instance, plain);
  }
  const { ingress } = reader;
  return { ...plain, ingress, object: idOf(ingress), notes: ingressNotes(instance, reader) };
}

function readAnnotations(model: ClusterModel, instance: NginxInstance, reader: AnnotationReader): ReadIngress {
  const { config } = instance;
  const { ingress } = reader;
  const object = idOf(ingress);
  const redirect = readRedirect(reader, instance);
  if (redirect.drop !== undefined) return { state: 'dropped', refusal: refusedValue(redirect.drop) };
  const crossNamespace = config.bool('allow-cross-namespace-resources', !since(instance.version, 1, 12)).value;
  const tls = readProxyTls(model, reader, ingress.namespace, crossNamespace);
  const access = readAccess({ model, reader, config, namespace: ingress.namespace, crossNamespace });
  const denied = access.denied ?? (tls.state === 'denied' ? { key: tls.key, why: tls.why } : undefined);
  const proxy = readProxy(reader, object, config);
  const fallback = reader.text('default-backend', serviceName);
  const parsed: Omit<ParsedIngress, 'notes'> = {
    ingress,
    object,
    rewrite: readRewrite(reader, config),
    ...(redirect.redirect === undefined ? {} : { redirect: redirect.redirect }),
    canary: readCanary(reader),
    aliases: splitNames(valueOr(reader.text('server-alias', serverNames), '')),
    settings: effectiveSettings(reader, object, config, proxy, tls.state === 'set' ? tls.tls : undefined),
    ...(tls.state === 'set' ? { proxyTls: tls.tls } : {}),
    ...(denied === undefined ? {} : { denied }),
    ...(access.serverDenied === undefined ? {} : { serverDenied: access.serverDenied }),
    sslPassthrough: valueOr(reader.bool('ssl-passthrough'), false),
    ...readServiceUpstream(reader, object, config),
    ...(fallback.state === 'set' ? { defaultBackend: { name: fallback.value, key: fallback.key } } : {}),
    customHttpErrors: readCodes(valueOr(reader.text('custom-http-errors', httpErrors), '')),
    ...readCors(reader),
    forwardedPrefix: valueOr(reader.text('x-forwarded-prefix', pathWithCapture), ''),
  };
  return { state: 'read', parsed: { ...parsed, notes: ingressNotes(instance, reader) } };
}

/** Only a missing annotation leaves the decision to the ConfigMap; one that cannot be read switches it off. */
function readServiceUpstream(
  reader: AnnotationReader,
  object: ObjectId,
  config: ControllerConfig,
): Pick<ParsedIngress, 'serviceUpstream' | 'serviceUpstreamFrom'> {
  const read = reader.bool('service-upstream');
  if (read.state !== 'missing') {
    return { serviceUpstream: valueOr(read, false), serviceUpstreamFrom: fromAnnotation(object, read.key) };
  }
  const global = config.bool('service-upstream', false);
  return { serviceUpstream: global.value, serviceUpstreamFrom: global.from };
}

function splitNames(text: string): readonly string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '').sort();
}

/** One part that is no number and the annotation is as good as absent (annotations/customhttperrors). */
function readCodes(text: string): readonly number[] {
  const codes = text.split(',').map(parseGoInt);
  return codes.every((code) => code !== undefined) ? codes : [];
}
