import { objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import type { Dialect, DialectResult } from '../../dialect.ts';
import type { IngressController } from '../../ingress/controllers.ts';
import { addressesOf, servicesOf } from '../../ingress/data-plane.ts';
import { fieldEvidence } from '../../ingress/evidence.ts';
import { ownersOf } from '../../ingress/ownership.ts';
import type {
  Action,
  GatewayInstance,
  Listener,
  NotUnderstood,
  RouteClash,
  UnattachedRoute,
} from '../../route-table.ts';
import { defaultServerStatus, interceptedEverywhere, interceptFailures } from './custom-errors.ts';
import { type NginxInstance, readInstance } from './instance.ts';
import { instanceNotes } from './notes.ts';
import { annotationPath, type ParsedIngress } from './parsed-ingress.ts';
import { readIngress } from './read-ingress.ts';
import { findCrashes, findRejects } from './rejects.ts';
import { forwardedHost } from './request-words.ts';
import { buildServers } from './servers.ts';
import { createUpstreams, hasEndpoints } from './upstreams.ts';
import { readTarget } from './uri.ts';
import { virtualHosts } from './virtual-hosts.ts';

/** The community controller kubernetes/ingress-nginx. */
export const ingressNginx: Dialect = {
  id: 'ingress-nginx',
  controllers: ['k8s.io/ingress-nginx', 'webapprouting.kubernetes.azure.com/nginx*'],
  reads: [
    'Ingress',
    'IngressClass',
    'Pod',
    'Deployment',
    'DaemonSet',
    'StatefulSet',
    'Service',
    'EndpointSlice',
    'ConfigMap',
    'Secret',
    'Namespace',
  ],
  toRoutes,
};

function toRoutes(model: ClusterModel): DialectResult {
  const gateways: GatewayInstance[] = [];
  const unattached: UnattachedRoute[] = [];
  const clashes: RouteClash[] = [];
  const notUnderstood: NotUnderstood[] = [];
  for (const { controller, ingresses } of ownersOf(model).controllers) {
    if (controller.known?.dialect !== 'ingress-nginx') continue;
    const instance = readInstance(model, controller);
    const parsed = readAll(model, instance, ingresses, unattached);
    notUnderstood.push(...parsed.flatMap((owner) => owner.notes));
    const upstreams = createUpstreams(parsed);
    const { servers, shadowed } = buildServers(parsed, upstreams);
    for (const { host, path, winner, loser } of shadowed) {
      if (winner.owner === undefined || loser.owner === undefined) continue;
      clashes.push({
        host,
        path,
        winner: { object: winner.owner.object, field: winner.field },
        loser: { object: loser.owner.object, field: loser.field },
        why: 'the older Ingress keeps the path (equal age: the later namespace/name)',
      });
    }
    const fallback = fallbackOf(model, instance);
    const answer = fallback.kind === 'backends' ? 'service' : defaultServerStatus(instance);
    const interception = { codes: interceptedEverywhere(instance), answer } as const;
    const services = servicesOf(model, controller);
    gateways.push({
      id: gatewayId(controller),
      dialect: ingressNginx.id,
      name: controller.name,
      ...(controller.classes[0] === undefined
        ? {}
        : { object: objectId('IngressClass', '', controller.classes[0].name) }),
      controller: controller.controllerValue,
      pods: controller.pods,
      services,
      addresses: addressesOf(services, ingresses),
      listeners: LISTENERS,
      hosts: virtualHosts(servers, { model, instance, upstreams, fallback, interception }),
      fallback,
      approximate: false,
      notUnderstood: instanceNotes(instance),
      failures: interceptFailures(interception),
      rejects: [...findCrashes(parsed), ...findRejects(servers, instance)],
      target: { byteWise: true, read: readTarget },
    });
  }
  return { gateways, unattached, clashes, notUnderstood };
}

const LISTENERS: readonly Listener[] = [
  { name: 'http', port: 80, protocol: 'HTTP', hostname: '' },
  { name: 'https', port: 443, protocol: 'HTTPS', hostname: '' },
];

function gatewayId(controller: IngressController): string {
  const [entry] = controller.classes;
  return `ingress-nginx/${controller.workload ?? entry?.name ?? controller.id}`;
}

/** Oldest first; of the same age the later namespace/name first (store.go: sortIngressSlice). */
function byAge(left: Ingress, right: Ingress): number {
  const age = (left.created ?? 0) - (right.created ?? 0);
  if (age !== 0) return age;
  const leftName = `${left.namespace}/${left.name}`;
  const rightName = `${right.namespace}/${right.name}`;
  return leftName > rightName ? -1 : leftName < rightName ? 1 : 0;
}

function readAll(
  model: ClusterModel,
  instance: NginxInstance,
  ingresses: readonly Ingress[],
  unattached: UnattachedRoute[],
): readonly ParsedIngress[] {
  return [...ingresses].sort(byAge).flatMap((ingress) => {
    const read = readIngress(model, instance, ingress);
    if (read.state === 'read') return [read.parsed];
    const { field: key, why } = read.refusal;
    const field = Object.hasOwn(ingress.annotations, key) ? annotationPath(key) : key;
    unattached.push({
      object: objectId('Ingress', ingress.namespace, ingress.name),
      hosts: ingress.rules.flatMap((rule) => rule.host ?? ''),
      reason: 'rejected',
      why,
      field,
      evidence: [fieldEvidence(ingress, field, ingress.annotations[key], why)],
      certainty: 'certain',
    });
    return [];
  });
}

/** --default-backend-service while it has endpoints, else NGINX's own 404 (controller.go: getDefaultUpstream). */
function fallbackOf(model: ClusterModel, instance: NginxInstance): Action {
  const named = instance.defaultBackendService;
  const none: Action = { kind: 'none', status: defaultServerStatus(instance), why: 'no host or path rule matches' };
  if (named === undefined) return none;
  const service = model.get('Service', named.namespace, named.name);
  if (service.state === 'absent') return none;
  const [port] = service.state === 'found' ? service.value.ports : [];
  if (
    service.state === 'found' &&
    (port === undefined || hasEndpoints(model, service.value, port).state === 'absent')
  ) {
    return none;
  }
  return {
    kind: 'backends',
    rewrite: forwardedHost(instance),
    backends: [
      {
        object: objectId('Service', named.namespace, named.name),
        ...(port === undefined ? {} : { port: port.port }),
        weight: 1,
        field: 'spec.template.spec.containers[0].args',
        role: 'default-backend',
        ...(instance.controller.workload === undefined ? {} : { fieldOf: instance.controller.workload }),
      },
    ],
  };
}
