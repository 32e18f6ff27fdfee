import { idOf } from '../../../base/object-id.ts';
import type { FieldEvidence } from '../../../model/evidence.ts';
import type { Meta } from '../../../model/meta.ts';
import type { UnattachedRoute } from '../../route-table.ts';
import type { DataPlane } from './data-plane.ts';
import type { IstioGateway } from './gateways.ts';
import { type Binding, bindingOf, listServers } from './instance.ts';
import type { VirtualService } from './virtual-services.ts';

/** VirtualServices that name a Gateway and do not get onto it, and why. Those for sidecars only are none of this. */
export function explainUnbound(
  planes: readonly DataPlane[],
  virtualServices: readonly VirtualService[],
  gatewaysRead: boolean,
): readonly UnattachedRoute[] {
  const known = new Map(
    planes.flatMap((plane) => plane.gateways.map((gateway) => [gateway.id, { plane, gateway }] as const)),
  );
  return virtualServices.flatMap((service) =>
    service.gateways.flatMap((name, index) => {
      if (name === 'mesh') return [];
      const target = known.get(name);
      if (target === undefined) return [missingGateway(service, name, index, [...known.keys()], gatewaysRead)];
      return explainBinding(service, target.gateway, target.plane) ?? [];
    }),
  );
}

function missingGateway(
  service: VirtualService,
  name: string,
  index: number,
  known: readonly string[],
  gatewaysRead: boolean,
): UnattachedRoute {
  const same = known.filter((id) => id.slice(id.indexOf('/')) === name.slice(name.indexOf('/')));
  const hint = same.length === 0 ? '' : `; one of that name is ${same.join(', ')}`;
  const field = `spec.gateways[${index}]`;
  return {
    object: idOf(service.object),
    hosts: service.hosts,
    reason: 'no-parent',
    why: `${nameOf(service)} names Gateway ${name}, which ${gatewaysRead ? 'does not exist' : 'was not read'}${hint}`,
    field,
    evidence: [fieldEvidence(service.object, field, `names Gateway ${name}`, name)],
    certainty: gatewaysRead ? 'certain' : 'unsure',
  };
}

function explainBinding(service: VirtualService, gateway: IstioGateway, plane: DataPlane): UnattachedRoute | undefined {
  if (plane.pods.state === 'found' && plane.pods.value.length === 0) return withoutPods(service, gateway);
  const servers = listServers(plane).filter((server) => server.gateway === gateway);
  const bindings = servers.map((server) => bindingOf(service, server, plane.namespace));
  if (bindings.some(({ state }) => state === 'bound')) return undefined;
  const reasons = bindings.flatMap((binding) => (binding.state === 'refused' ? [binding.reason] : []));
  const reason = REASONS.find((candidate) => reasons.includes(candidate)) ?? 'host';
  return refusal(service, gateway, reason);
}

/** The reason that comes closest to being bound. */
const REASONS = ['not-exported', 'namespace', 'host'] as const;
type RefusalReason = Extract<Binding, { readonly state: 'refused' }>['reason'];

function refusal(service: VirtualService, gateway: IstioGateway, reason: RefusalReason): UnattachedRoute {
  const base = { object: idOf(service.object), hosts: service.hosts, certainty: 'certain' as const };
  const hosts = gateway.servers.flatMap((server) => server.hosts.map(({ namespace, host }) => `${namespace}/${host}`));
  switch (reason) {
    case 'not-exported':
      return {
        ...base,
        reason: 'not-allowed',
        why: `${nameOf(service)} is exported to ${service.exportTo.join(', ')} only, not to the gateway's namespace`,
        field: 'spec.exportTo',
        evidence: [fieldEvidence(service.object, 'spec.exportTo', `exportTo: ${service.exportTo.join(', ')}`)],
      };
    case 'namespace':
      return {
        ...base,
        reason: 'not-allowed',
        why: `Gateway ${gateway.id} takes its hosts from other namespaces only (${hosts.join(', ')})`,
        field: 'spec.servers',
        blamed: idOf(gateway.object),
        evidence: [fieldEvidence(gateway.object, 'spec.servers', `hosts: ${hosts.join(', ')}`)],
      };
    case 'host':
      return {
        ...base,
        reason: 'host-mismatch',
        why: `no host of ${nameOf(service)} (${service.hosts.join(', ')}) is one of Gateway ${gateway.id} (${hosts.join(', ')})`,
        field: 'spec.hosts',
        evidence: [
          fieldEvidence(service.object, 'spec.hosts', `hosts: ${service.hosts.join(', ')}`),
          fieldEvidence(gateway.object, 'spec.servers', `hosts: ${hosts.join(', ')}`),
        ],
      };
  }
}

function withoutPods(service: VirtualService, gateway: IstioGateway): UnattachedRoute {
  const selector = Object.entries(gateway.selector).map(([key, value]) => `${key}=${value}`);
  return {
    object: idOf(service.object),
    hosts: service.hosts,
    reason: 'class-unclaimed',
    why: `no Pod has the labels that Gateway ${gateway.id} selects (${selector.join(', ')})`,
    field: 'spec.selector',
    blamed: idOf(gateway.object),
    evidence: [fieldEvidence(gateway.object, 'spec.selector', `selects ${selector.join(', ')}`)],
    certainty: 'certain',
  };
}

function nameOf({ object, namespace }: VirtualService): string {
  return `VirtualService ${namespace}/${object.name}`;
}

function fieldEvidence(object: Meta, path: string, text: string, value?: string): FieldEvidence {
  const line = object.origin.lineOf?.(path) ?? object.origin.line;
  return {
    type: 'field',
    text,
    object: idOf(object),
    path,
    file: object.origin.file,
    ...(value === undefined ? {} : { value }),
    ...(line === undefined ? {} : { line }),
  };
}
