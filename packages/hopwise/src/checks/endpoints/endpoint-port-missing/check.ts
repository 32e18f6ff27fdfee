// The Service's endpoints have addresses, but no port of the name the route needs: hand-written Endpoints or EndpointSlices
// whose port name differs from the Service's. Proxies match by name, find nothing and answer 503 (some 502).
import { displayId, idOf, type ObjectId, objectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import { DERIVED, resolvePort } from '../../../model/derive.ts';
import type { EndpointSlice, Service, ServicePort } from '../../../model/kinds/service.ts';
import { brokenPaths, gradeVia } from '../../../trace/lifecycle/outages.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Portless extends Fact {
  readonly service: Service;
  readonly port: ServicePort;
  readonly slice: EndpointSlice;
}

const CONTROLLER = 'endpointslice-controller.k8s.io';
const MIRROR = 'endpointslicemirroring-controller.k8s.io';

export default defineCheck<Portless>({
  cause: 'endpoint-port-missing',
  reads: ['Service', 'EndpointSlice', 'Endpoints', 'Pod'],
  since: '0.1.0',
  explains: ['no-ready-endpoints', 'readiness-probe-failing', 'crash-loop', 'app-returned-error', 'upstream-timeout'],
  *find(world) {
    for (const outage of brokenPaths(world)) {
      const { path, service, port, live } = outage;
      const lacking = path.endpoints.find((endpoint) => endpoint.ready && endpoint.port === undefined);
      if (lacking === undefined || lacking.slice.managedBy === DERIVED) continue;
      // A name that no Pod declares is the deeper cause.
      if (
        typeof port.targetPort === 'string' &&
        live.length > 0 &&
        live.every((pod) => resolvePort(port, pod) === undefined)
      )
        continue;
      const { slice } = lacking;
      const names = slice.ports
        .map((entry) => `${entry.name === '' ? '(unnamed)' : entry.name}: ${entry.port ?? 'all'}`)
        .join(', ');
      yield {
        object: sourceOf(slice, service),
        certainty: gradeVia(outage, slice.managedBy === CONTROLLER ? 'likely' : 'proven'),
        modes: outage.modes,
        partial: outage.partial,
        evidence: [
          citeField(
            service,
            `spec.ports[${service.ports.indexOf(port)}].name`,
            `the route needs port ${portName(port)} of the Service`,
            port.name ?? '',
          ),
          citeField(slice, 'ports', `${slice.kind} ${slice.name} has the ports ${names || 'none'}`, names),
        ],
        service,
        port,
        slice,
      };
    }
  },
  describe: ({ object, service, port }) => ({
    headline: `${displayId(object)} has no port ${portName(port)}`,
    why: `The endpoints of ${displayId(idOf(service))} have addresses but no port of the name ${portName(port)}, by which proxies find it.`,
    chain: [
      `no endpoint port is called ${portName(port)}`,
      'the route’s port has no endpoints',
      'the gateway answers without connecting',
    ],
  }),
  fix({ object, service, port, slice }) {
    const only = slice.ports.length === 1 && slice.managedBy !== CONTROLLER;
    const path = object.startsWith('Endpoints/') ? '/subsets/0/ports/0/name' : '/ports/0/name';
    const value = port.name ?? '';
    return {
      summary: only
        ? `Call the port of ${displayId(object)} ${portName(port)}`
        : `Give the endpoints of ${displayId(idOf(service))} a port ${portName(port)}`,
      level: only ? 'review' : 'advice',
      patches: only ? [{ object, type: 'json', patch: [{ op: 'add', path, value }] }] : [],
      commands: [],
    };
  },
  prove: ({ service }) => [
    {
      command: `kubectl get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o jsonpath='{.items[*].ports}'`,
      expect: 'no port with the name of the Service port',
    },
  ],
});

function portName(port: ServicePort): string {
  return port.name ?? `${port.port} (unnamed)`;
}

/** A mirrored slice is a copy: its core Endpoints object is what to change. */
function sourceOf(slice: EndpointSlice, service: Service): ObjectId {
  return slice.managedBy === MIRROR || slice.kind === 'Endpoints'
    ? objectId('Endpoints', service.namespace, service.name)
    : idOf(slice);
}
