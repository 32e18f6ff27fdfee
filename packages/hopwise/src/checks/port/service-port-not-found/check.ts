// The rule's backend names a port that the Service does not define. Most controllers drop the backend and answer 503;
// NGINX Inc.'s controller sends to a placeholder that refuses (502).
import { pointerOf } from '../../../base/json-pointer.ts';
import { displayId, idOf, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Service, ServicePort } from '../../../model/kinds/service.ts';
import type { RouteBackend } from '../../../routing/route-table.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface WrongPort extends Fact {
  readonly service: ObjectId;
  readonly backend: RouteBackend;
  readonly ports: readonly ServicePort[];
  readonly meant: ServicePort | undefined;
}

export default defineCheck<WrongPort>({
  cause: 'service-port-not-found',
  reads: ['Service', 'Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['no-ready-endpoints', 'gateway-config-stale', 'target-port-mismatch', 'stale-endpoints'],
  *find({ trace, model, seen }) {
    for (const path of trace.backends) {
      if (path.service.state !== 'found' || path.port.state !== 'absent' || path.ref.weight === 0) continue;
      const service = path.service.value;
      // An ExternalName Service needs no ports: gateways use the route's number as it is.
      if (service.type === 'ExternalName' || path.ref.port === undefined) continue;
      const rule = trace.rule;
      const route = rule === undefined ? undefined : model.object(rule.object);
      const evidence: Evidence[] = [];
      if (route !== undefined && rule !== undefined)
        evidence.push(
          citeField(route, path.ref.field || rule.field, `the backend port is ${path.ref.port}`, path.ref.port),
        );
      evidence.push(citeField(service, 'spec.ports', `the Service has ${describePorts(service)}`));
      const said = seen.controller.findLast(
        (entry) => entry.event === 'port-missing' && entry.message.includes(service.name),
      );
      if (said !== undefined) evidence.push(logEvidence(said, said.message));
      yield {
        // An in-cluster caller has no route object: what it asks for is not there, and the Service is what can be changed.
        object: rule?.object ?? idOf(service),
        certainty: said === undefined ? 'strong' : 'proven',
        modes: ['no-service', 'no-endpoints', 'refused', 'connect-timeout'],
        partial: trace.backends.length > 1,
        evidence,
        service: idOf(service),
        backend: path.ref,
        ports: service.ports,
        meant: meantPort(service, path.ref.port),
      };
    }
  },
  describe: ({ object, service, backend }) => ({
    headline: `${displayId(object)} asks for port ${backend.port}, which its Service lacks`,
    why: `${displayId(service)} defines no port ${backend.port}, so the gateway has no endpoints for the rule.`,
    chain: [
      `${displayId(service)} has no port ${backend.port}`,
      'the gateway has no endpoints for the rule',
      'it answers itself, no Pod is asked',
    ],
  }),
  fix({ object, backend, meant, service }) {
    const pointer = pointerOf(backend.field);
    if (meant === undefined || pointer === undefined || backend.field === '') {
      return {
        summary: `Use a port that ${displayId(service)} defines`,
        level: 'advice',
        patches: [],
        commands: [
          `kubectl get service ${splitId(service).name} -n ${splitId(service).namespace} -o jsonpath='{.spec.ports}'`,
        ],
      };
    }
    const ingress = splitId(object).kind === 'Ingress';
    const patch = ingress
      ? { op: 'replace', path: `${pointer}/service/port`, value: { number: meant.port } }
      : { op: 'replace', path: `${pointer}/port`, value: meant.port };
    return {
      summary: `Use port ${meant.port}${meant.name === undefined ? '' : ` (${meant.name})`} of ${displayId(service)}`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [patch] }],
      commands: [],
    };
  },
  prove: ({ service, ports }) => [
    {
      command: `kubectl get service ${splitId(service).name} -n ${splitId(service).namespace} -o jsonpath='{range .spec.ports[*]}{.name}{" "}{.port}{"\\n"}{end}'`,
      expect: `only ${ports.map((port) => `${port.name ?? ''} ${port.port}`.trim()).join(', ')}`,
    },
  ],
});

function describePorts(service: Service): string {
  if (service.ports.length === 0) return 'no ports';
  return `port${service.ports.length === 1 ? '' : 's'} ${service.ports.map((port) => (port.name === undefined ? String(port.port) : `${port.name} (${port.port})`)).join(', ')}`;
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
