// The rule's backend names a port that the Service does not define. Most controllers drop the backend and answer 503;
// NGINX Inc.'s controller sends to a placeholder that refuses (502), and Traefik leaves the route out (404).
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Service, ServicePort } from '../../../model/kinds/service.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { type ServiceReference, serviceReference } from '../../../trace/service-reference.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface WrongPort extends Fact {
  readonly service: ObjectId;
  readonly wanted: number | string;
  /** Undefined for a caller in the cluster: its URL holds the port. */
  readonly reference: ServiceReference | undefined;
  readonly ports: readonly ServicePort[];
  readonly meant: ServicePort | undefined;
}

export default defineCheck<WrongPort>({
  cause: 'service-port-not-found',
  reads: ['Service', 'Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'endpoint-port-missing',
    'gateway-config-stale',
    'target-port-mismatch',
    'stale-endpoints',
    'edge-targets-missing',
  ],
  *find(world) {
    const { trace, model } = world;
    for (const path of trace.backends) {
      if (path.service.state !== 'found' || path.port.state !== 'absent' || path.ref.weight === 0) continue;
      const service = path.service.value;
      const wanted = path.ref.port;
      // An ExternalName Service needs no ports: gateways use the route's number as it is.
      if (service.type === 'ExternalName' || wanted === undefined) continue;
      const reference = serviceReference(trace.rule, path.ref);
      const holder = reference === undefined ? undefined : model.object(reference.object);
      const evidence: Evidence[] = [];
      if (holder !== undefined && reference !== undefined)
        evidence.push(citeField(holder, reference.portPath, `the backend port is ${wanted}`, wanted));
      else evidence.push({ type: 'timing', text: `the URL asks for port ${wanted}` });
      evidence.push(citeField(service, 'spec.ports', `the Service has ${describePorts(service)}`));
      const said = saidMissing(world, service);
      if (said !== undefined) evidence.push(logEvidence(said, said.message));
      yield {
        // An in-cluster caller has no route object: the Service is what can be changed.
        object: reference?.object ?? idOf(service),
        certainty: said === undefined ? 'strong' : 'proven',
        modes: ['no-service', 'no-endpoints', 'refused', 'connect-timeout'],
        partial: trace.backends.filter((backend) => backend.ref.weight > 0).length > 1,
        evidence,
        service: idOf(service),
        wanted,
        reference,
        ports: service.ports,
        meant: meantPort(service, wanted),
      };
    }
  },
  describe: ({ object, service, wanted, reference }) => ({
    headline:
      reference === undefined
        ? `${displayId(service)} has no port ${wanted}`
        : `${displayId(object)} asks for port ${wanted}, which its Service lacks`,
    why: `${displayId(service)} defines no port ${wanted}, so nothing is behind it.`,
    chain: [
      `${displayId(service)} has no port ${wanted}`,
      reference === undefined
        ? 'nothing answers at that port of its ClusterIP'
        : 'the gateway has no endpoints for the rule',
      'no Pod is asked',
    ],
  }),
  fix({ object, reference, meant, service, wanted }) {
    if (reference === undefined) return addPort(service, wanted, meant);
    const patch = meant === undefined ? undefined : reference.usePort(meant);
    if (meant === undefined || patch === undefined) {
      return {
        summary: `Use a port that ${displayId(service)} defines`,
        level: 'advice',
        patches: [],
        commands: [`kubectl get ${kubectlName(service)} -o jsonpath='{.spec.ports}'`],
      };
    }
    return {
      summary: `Use port ${meant.port}${meant.name === undefined ? '' : ` (${meant.name})`} of ${displayId(service)}`,
      level: 'review',
      patches: [{ object, type: 'json', patch }],
      commands: [],
    };
  },
  prove: ({ service, ports }) => [
    {
      command: `kubectl get ${kubectlName(service)} -o jsonpath='{range .spec.ports[*]}{.name}{" "}{.port}{"\\n"}{end}'`,
      expect: `only ${ports.map((port) => `${port.name ?? ''} ${port.port}`.trim()).join(', ') || 'nothing'}`,
    },
  ],
});

/** The caller's URL can be mended, or the Service be given the port as well. */
function addPort(service: ObjectId, wanted: number | string, meant: ServicePort | undefined) {
  const number = Number(wanted);
  if (meant === undefined || !Number.isInteger(number))
    return {
      summary: `Ask for a port that ${displayId(service)} defines`,
      level: 'advice' as const,
      patches: [],
      commands: [],
    };
  const port = { name: `port-${number}`, port: number, protocol: meant.protocol, targetPort: meant.targetPort };
  return {
    summary: `Ask for port ${meant.port}, or give ${displayId(service)} port ${number} as well`,
    level: 'review' as const,
    patches: [{ object: service, type: 'json' as const, patch: [{ op: 'add', path: '/spec/ports/-', value: port }] }],
    commands: [],
  };
}

function describePorts(service: Service): string {
  if (service.ports.length === 0) return 'no ports';
  return `port${service.ports.length === 1 ? '' : 's'} ${service.ports.map((port) => (port.name === undefined ? String(port.port) : `${port.name} (${port.port})`)).join(', ')}`;
}

/** The controller complains about a port of this very Service. */
function saidMissing({ seen }: World, service: Service) {
  return seen.controller.findLast(
    (entry) =>
      entry.event === 'port-missing' &&
      `${entry.subject ?? ''} ${entry.message}`.split(/[^a-z0-9.-]+/).includes(service.name),
  );
}

/** The one port there is, the one whose target is the number asked for (a container port taken for the Service's), or a namesake. */
function meantPort(service: Service, wanted: number | string): ServicePort | undefined {
  const byTarget = service.ports.find((port) => port.targetPort === wanted);
  if (byTarget !== undefined) return byTarget;
  const tcp = service.ports.filter((port) => port.protocol === 'TCP');
  if (tcp.length === 1) return tcp[0];
  return typeof wanted === 'string'
    ? tcp.find((port) => port.name !== undefined && (wanted.startsWith(port.name) || port.name.startsWith(wanted)))
    : undefined;
}
