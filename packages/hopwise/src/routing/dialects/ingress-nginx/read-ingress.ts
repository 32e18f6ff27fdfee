import { idOf, type ObjectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import { AnnotationReader, type Read, valueOr } from './annotation-reader.ts';
import type { ControllerConfig } from './config-map.ts';
import { readCanary } from './features/canary.ts';
import { readProxy } from './features/proxy.ts';
import { readProxyTls } from './features/proxy-tls.ts';
import { readRedirect } from './features/redirect.ts';
import { readRewrite } from './features/rewrite.ts';
import type { NginxInstance } from './instance.ts';
import { fromAnnotation, type ParsedIngress } from './parsed-ingress.ts';
import { effectiveSettings } from './settings-of.ts';
import { httpErrors, serverNames, serviceName } from './validators.ts';

export type ReadIngress =
  | { readonly state: 'read'; readonly parsed: ParsedIngress }
  /** The controller does not load this Ingress at all. */
  | { readonly state: 'dropped'; readonly field: string; readonly why: string };

/** Reads the annotations of one Ingress (internal/ingress/annotations/annotations.go: Extract). */
export function readIngress(model: ClusterModel, instance: NginxInstance, ingress: Ingress): ReadIngress {
  const { config } = instance;
  const object = idOf(ingress);
  const reader = new AnnotationReader(ingress, instance.annotationsPrefix, instance.validateAnnotations);
  const redirect = readRedirect(reader);
  const aliases = reader.text('server-alias', serverNames);
  const errors = reader.text('custom-http-errors', httpErrors);
  const fallback = reader.text('default-backend', serviceName);
  const passthrough = reader.bool('ssl-passthrough');
  const tls = readProxyTls(
    reader,
    ingress.namespace,
    config.bool('allow-cross-namespace-resources', false).value,
    (namespace, name) => model.get('Secret', namespace, name).state !== 'absent',
  );
  const refused = [aliases, errors, fallback, passthrough].find(isRefused);
  const drop = redirect.drop ?? (tls.state === 'drop' ? tls.key : refused?.key);
  if (drop !== undefined) {
    return {
      state: 'dropped',
      field: drop,
      why: `the value of ${drop} does not pass annotation validation, so the controller ignores the whole Ingress`,
    };
  }
  return {
    state: 'read',
    parsed: {
      ingress,
      object,
      rewrite: readRewrite(reader, config),
      ...(redirect.redirect === undefined ? {} : { redirect: redirect.redirect }),
      canary: readCanary(reader),
      aliases: splitNames(valueOr(aliases, '')),
      settings: effectiveSettings(
        reader,
        object,
        config,
        readProxy(reader, object, config),
        tls.state === 'set' ? tls.tls : undefined,
      ),
      ...(tls.state === 'denied' ? { denied: { key: tls.key, why: tls.why } } : {}),
      sslPassthrough: valueOr(passthrough, false),
      ...readServiceUpstream(reader, object, config),
      ...(fallback.state === 'set' ? { defaultBackend: { name: fallback.value, key: fallback.key } } : {}),
      customHttpErrors: readCodes(valueOr(errors, '')),
      corsEnabled: valueOr(reader.bool('enable-cors'), false),
    },
  };
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

function isRefused(read: Read<unknown>): read is Extract<Read<unknown>, { state: 'refused' }> {
  return read.state === 'refused';
}

function splitNames(text: string): readonly string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '').sort();
}

function readCodes(text: string): readonly number[] {
  return text
    .split(',')
    .map((code) => code.trim())
    .filter((code) => /^[0-9]{3}$/.test(code))
    .map(Number);
}
