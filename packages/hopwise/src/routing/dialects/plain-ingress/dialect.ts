import { valueOf } from '../../../base/lookup.ts';
import { objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Dialect, DialectResult } from '../../dialect.ts';
import type { IngressController } from '../../ingress/controllers.ts';
import { addressesOf, servicesOf } from '../../ingress/data-plane.ts';
import type { OwnedIngresses } from '../../ingress/ownership.ts';
import { ownersOf } from '../../ingress/ownership.ts';
import type {
  Action,
  GatewayInstance,
  Listener,
  NotUnderstood,
  RouteClash,
  UnattachedRoute,
} from '../../route-table.ts';
import { FAILURES } from './failures.ts';
import { ingressHosts, type SettingsOf } from './hosts.ts';
import { annotationNotes } from './notes.ts';
import { settingsAt } from './settings/index.ts';

/** Every other Ingress controller, by the Ingress specification until its own dialect exists. */
export const plainIngress: Dialect = {
  id: 'plain-ingress',
  controllers: ['*'],
  reads: [
    'Ingress',
    'IngressClass',
    'Pod',
    'Deployment',
    'DaemonSet',
    'StatefulSet',
    'Service',
    'ConfigMap',
    'Node',
    'Namespace',
  ],
  toRoutes,
};

const LISTENERS: readonly Listener[] = [
  { name: 'http', port: 80, protocol: 'HTTP', hostname: '' },
  { name: 'https', port: 443, protocol: 'HTTPS', hostname: '' },
];

function toRoutes(model: ClusterModel): DialectResult {
  const { controllers, orphans } = ownersOf(model);
  const gateways: GatewayInstance[] = [];
  const clashes: RouteClash[] = [];
  const unattached: UnattachedRoute[] = [];
  const notUnderstood: NotUnderstood[] = [];
  for (const owned of controllers) {
    const { controller, ingresses } = owned;
    if (controller.known?.dialect === 'ingress-nginx') continue;
    // A controller that has neither class nor Ingress does other work here (a mesh, a Gateway API implementation).
    if (ingresses.length === 0 && controller.classes.length === 0) continue;
    gateways.push(toGateway(model, owned, clashes));
    for (const ingress of ingresses) notUnderstood.push(...annotationNotes(ingress, controller.known?.id));
  }
  for (const orphan of orphans) {
    unattached.push({
      object: objectId('Ingress', orphan.ingress.namespace, orphan.ingress.name),
      hosts: orphan.ingress.rules.map((rule) => rule.host ?? ''),
      reason: orphan.reason,
      why: orphan.why,
      field: orphan.field,
      evidence: orphan.evidence,
      certainty: orphan.certainty,
      rules: ingressHosts([orphan.ingress], []).flatMap((host) => host.rules),
    });
  }
  return { gateways, unattached, clashes, notUnderstood };
}

function toGateway(model: ClusterModel, owned: OwnedIngresses, clashes: RouteClash[]): GatewayInstance {
  const { controller, ingresses } = owned;
  const [entry] = controller.classes;
  const services = servicesOf(model, controller);
  return {
    id: `plain-ingress/${controller.workload ?? entry?.name ?? controller.id}`,
    dialect: plainIngress.id,
    name: controller.name,
    ...(entry === undefined ? {} : { object: objectId('IngressClass', '', entry.name) }),
    controller: controller.controllerValue,
    pods: controller.pods,
    services,
    addresses: addressesOf(services, ingresses),
    listeners: LISTENERS,
    hosts: ingressHosts(ingresses, clashes, { controller, settingsOf: settingsIn(model, controller) }),
    fallback: fallbackOf(owned),
    approximate: true,
    notUnderstood: [],
    failures: FAILURES[controller.known?.id ?? ''] ?? {},
  };
}

/** What this controller sets for a path, with the backend's Service and port where they are in the input. */
function settingsIn(model: ClusterModel, controller: IngressController): SettingsOf {
  return (ingress, path, backend) => {
    const named = backend.service;
    const service = named === undefined ? undefined : valueOf(model.get('Service', ingress.namespace, named.name));
    const port = service?.ports.find((entry) =>
      named?.port.number === undefined ? entry.name === named?.port.name : entry.port === named.port.number,
    );
    return settingsAt({
      model,
      controller,
      ingress,
      path,
      ...(service === undefined ? {} : { service }),
      ...(port === undefined ? {} : { port }),
    });
  };
}

/** spec.defaultBackend of an Ingress without rules answers what no rule matches (networking/v1 IngressSpec.defaultBackend). */
function fallbackOf({ ingresses }: OwnedIngresses): Action {
  const owner = ingresses.find(
    (ingress) => ingress.defaultBackend?.service !== undefined && ingress.rules.length === 0,
  );
  const service = owner?.defaultBackend?.service;
  if (owner === undefined || service === undefined)
    return { kind: 'none', status: 404, why: 'no host or path rule matches' };
  const port = service.port.number ?? service.port.name;
  return {
    kind: 'backends',
    rewrite: {},
    backends: [
      {
        object: objectId('Service', owner.namespace, service.name),
        ...(port === undefined ? {} : { port }),
        weight: 1,
        field: 'spec.defaultBackend',
        fieldOf: objectId('Ingress', owner.namespace, owner.name),
        role: 'default-backend',
      },
    ],
  };
}
