import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { ForeignObject } from '../model/kinds/cluster.ts';
import type { BackendTlsPolicy } from '../model/kinds/gateway-api.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { JsonObject } from '../sources/contract.ts';
import { ANNOTATION_KNOBS, placeOf, type WantedProtocol } from './protocol-annotations.ts';
import type { Trace } from './trace.ts';

/** Where this gateway's controller is told what a backend speaks, and how to tell it. */
export interface ProtocolKnob {
  readonly object: ObjectId;
  /** Annotation or field, as people name it. */
  readonly name: string;
  readonly patches: readonly {
    readonly object: ObjectId;
    readonly type: 'merge' | 'json';
    readonly patch: JsonObject | readonly JsonObject[];
  }[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

/** appProtocol of the Service port is how Gateway API implementations and Istio are told (KEP-3726, GEP-1911). */
const APP_PROTOCOL: Readonly<Record<WantedProtocol, string | undefined>> = {
  h2c: 'kubernetes.io/h2c',
  grpc: 'kubernetes.io/h2c',
  tls: 'https',
  plain: 'http',
  http1: 'http',
  fastcgi: undefined,
};

export function protocolKnob(
  { model, trace }: Asked,
  service: Service,
  port: ServicePort,
  wanted: WantedProtocol,
): ProtocolKnob {
  const { gateway, rule } = trace;
  const route = rule === undefined ? undefined : model.object(rule.object);
  if (wanted === 'tls' || wanted === 'plain') {
    const from = rule?.settings.backendTls?.from;
    if (gateway?.dialect === 'gateway-api') return policyKnob(model, service, port, wanted, from);
    if (gateway?.dialect === 'istio') return destinationRuleKnob(model, service, wanted);
    if (gateway?.dialect === 'gloo') return upstreamKnob(rule?.settings.backendProtocol?.from, service, wanted);
  }
  if (gateway?.dialect === 'gloo') return upstreamKnob(rule?.settings.backendProtocol?.from, service, wanted);
  const controller = `${gateway?.controller ?? ''} ${gateway?.dialect ?? ''}`;
  for (const knob of ANNOTATION_KNOBS) {
    if (gateway?.dialect === 'gateway-api' || gateway?.dialect === 'istio') break;
    const change = knob.values[wanted];
    if (change === undefined || !knob.controller.test(controller)) continue;
    const place = placeOf(knob, route, service);
    const value = change(place.annotations[knob.key], service, port);
    if (value === undefined) continue;
    const object = idOf(place);
    return {
      object,
      name: value === null ? `${knob.key} without ${service.name}:${port.port}` : `${knob.key}: ${value}`,
      patches: [{ object, type: 'merge', patch: { metadata: { annotations: { [knob.key]: value } } } }],
    };
  }
  return appProtocolKnob(service, port, wanted);
}

function appProtocolKnob(service: Service, port: ServicePort, wanted: WantedProtocol): ProtocolKnob {
  const object = idOf(service);
  const value = APP_PROTOCOL[wanted];
  const index = service.ports.indexOf(port);
  if (value === undefined) return { object, name: 'a web server that speaks HTTP', patches: [] };
  const patch = {
    op: port.appProtocol === undefined ? 'add' : 'replace',
    path: `/spec/ports/${index}/appProtocol`,
    value,
  };
  const patches = index < 0 ? [] : [{ object, type: 'json' as const, patch: [patch] }];
  return { object, name: `appProtocol: ${value}`, patches };
}

type Origin = NonNullable<NonNullable<Trace['rule']>['settings']['backendProtocol']>['from'] | undefined;

/** Gateway API: TLS to a backend is a BackendTLSPolicy; one that aims beside the port is corrected, one too many taken away. */
function policyKnob(
  model: ClusterModel,
  service: Service,
  port: ServicePort,
  wanted: 'tls' | 'plain',
  from: Origin,
): ProtocolKnob {
  if (wanted === 'plain')
    return from?.kind === 'field'
      ? { object: from.object, name: `no BackendTLSPolicy for port ${port.port}`, patches: [] }
      : appProtocolKnob(service, port, wanted);
  for (const policy of model.listIn('BackendTLSPolicy', service.namespace)) {
    const index = policy.targets.findIndex((target) => aimsBeside(policy, target, service, port));
    const portName = port.name;
    if (index === -1 || portName === undefined) continue;
    const object = idOf(policy);
    const patch = [{ op: 'replace', path: `/spec/targetRefs/${index}/sectionName`, value: portName }];
    return { object, name: `sectionName: ${portName}`, patches: [{ object, type: 'json', patch }] };
  }
  return { object: idOf(service), name: `a BackendTLSPolicy for Service ${service.name}`, patches: [] };
}

/** It targets this Service by a section that is none of its ports' names. */
function aimsBeside(
  policy: BackendTlsPolicy,
  target: BackendTlsPolicy['targets'][number],
  service: Service,
  port: ServicePort,
): boolean {
  return (
    policy.namespace === service.namespace &&
    target.kind === 'Service' &&
    target.name === service.name &&
    target.sectionName !== undefined &&
    target.sectionName !== port.name &&
    !service.ports.some((entry) => entry.name === target.sectionName)
  );
}

/** Istio: TLS to a backend is `trafficPolicy.tls` of the DestinationRule for its host. */
function destinationRuleKnob(model: ClusterModel, service: Service, wanted: 'tls' | 'plain'): ProtocolKnob {
  const host = `${service.name}.${service.namespace}.svc.cluster.local`;
  const rule = model.foreign('DestinationRule').find((object) => isFor(object, service));
  const mode = wanted === 'tls' ? 'SIMPLE' : 'DISABLE';
  const name = `trafficPolicy.tls.mode: ${mode}`;
  if (rule !== undefined) {
    const object = idOf(rule);
    return {
      object,
      name,
      patches: [{ object, type: 'merge', patch: { spec: { trafficPolicy: { tls: { mode } } } } }],
    };
  }
  if (wanted === 'plain') return { object: idOf(service), name, patches: [] };
  const { namespace } = service;
  const patch = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: service.name, namespace },
    spec: { host, trafficPolicy: { tls: { mode } } },
  };
  const object = idOf({ kind: 'DestinationRule', namespace, name: service.name });
  return { object: idOf(service), name: `a DestinationRule with ${name}`, patches: [{ object, type: 'merge', patch }] };
}

/** Hosts of a DestinationRule are short names of its own namespace or full names. */
export function isFor(rule: ForeignObject, service: Service): boolean {
  const { host } = rule.spec;
  if (host === service.name) return rule.namespace === service.namespace;
  return (
    host === `${service.name}.${service.namespace}` ||
    host === `${service.name}.${service.namespace}.svc` ||
    host === `${service.name}.${service.namespace}.svc.cluster.local`
  );
}

/** Gloo: the Upstream says it; a Service without one has no place for it. */
function upstreamKnob(from: Origin, service: Service, wanted: WantedProtocol): ProtocolKnob {
  const spec: Partial<Record<WantedProtocol, JsonObject>> = {
    tls: { sslConfig: {} },
    plain: { sslConfig: null },
    h2c: { useHttp2: true },
    grpc: { useHttp2: true },
    http1: { useHttp2: false },
  };
  const change = spec[wanted];
  if (from?.kind !== 'field' || change === undefined)
    return { object: idOf(service), name: `an Upstream for Service ${service.name}`, patches: [] };
  const name = `spec.${Object.keys(change)[0] ?? ''}`;
  return { object: from.object, name, patches: [{ object: from.object, type: 'merge', patch: { spec: change } }] };
}
