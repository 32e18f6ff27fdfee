// The endpoints name addresses that no running Pod has: written by hand and forgotten, left behind, or not updated. Nobody (or
// somebody else) is there, so connections hang (504), are refused (502) or reach the wrong program.
import { displayId, idOf, type ObjectId, objectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Service } from '../../../model/kinds/service.ts';
import { meantByName } from '../../../trace/intent/meant-workload.ts';
import { labelText, type PodMaker } from '../../../trace/intent/pod-makers.ts';
import { observedMode, resolvedBackends } from '../../../trace/path-queries.ts';
import { isControlled, type StaleEndpoint, staleEndpoints } from '../../../trace/stale-endpoints.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Stale extends Fact {
  readonly service: Service;
  readonly stale: readonly StaleEndpoint[];
  readonly meant: PodMaker | undefined;
}

export default defineCheck<Stale>({
  cause: 'stale-endpoints',
  reads: ['Service', 'EndpointSlice', 'Endpoints', 'Pod', 'Node'],
  since: '0.1.0',
  explains: ['no-ready-endpoints'],
  *find(world) {
    const { model, seen, trace } = world;
    if (model.manifestsOnly) return;
    for (const { path, service } of resolvedBackends(trace)) {
      const usable = path.endpoints.filter((endpoint) => endpoint.usable);
      const stale = staleEndpoints(model, path);
      const first = stale[0];
      if (first === undefined) continue;
      const at = new Set(stale.map((entry) => entry.endpoint.address));
      const mode = observedMode(seen, 'connect-timeout', 'no-route-to-host', 'refused', 'reset', 'wrong-backend');
      const hit = mode?.addresses.some((address) => at.has(address.replace(/:\d+$/, ''))) === true;
      const partial = stale.length < usable.length;
      // One dead address among live ones is a fault of this URL only when requests were seen to fail there.
      if (partial && !hit) continue;
      // What the controller writes is right unless somebody saw otherwise: its Pods may just not be in the input.
      if (isControlled(first.endpoint.slice) && !hit) continue;
      if (first.sure === false && !hit) continue;
      const evidence: Evidence[] = [
        citeField(
          first.endpoint.slice,
          'endpoints',
          `${first.endpoint.slice.kind} ${first.endpoint.slice.name} sends to ${[...at].slice(0, 3).join(', ')}`,
        ),
        ...stale.slice(0, 2).map((entry) => entry.evidence),
        ...(mode !== undefined && hit ? [mode.evidence] : []),
      ];
      yield {
        object: sourceOf(first, service),
        certainty: hit ? (first.sure ? 'proven' : 'likely') : 'strong',
        modes: ['connect-timeout', 'no-route-to-host', 'refused', 'reset', 'wrong-backend'],
        partial,
        evidence,
        service,
        stale,
        meant: service.selector === undefined ? meantByName(model, service) : undefined,
      };
    }
  },
  describe: ({ object, service, stale }) => ({
    headline: `${displayId(object)} names addresses no Pod has`,
    why: `${displayId(idOf(service))} leads to ${stale[0]?.endpoint.address}, which ${stale[0]?.who ?? 'no running Pod has'}.`,
    chain: [
      `${stale[0]?.endpoint.address} ${stale[0]?.who ?? 'belongs to no running Pod'}`,
      'connections go nowhere',
      'the gateway gives up with 502 or 504',
    ],
  }),
  fix({ object, service, meant }) {
    if (meant !== undefined) {
      const selector = ownLabels(meant);
      return {
        summary: `Give ${displayId(idOf(service))} the selector ${labelText(selector)}, so that its endpoints follow the Pods`,
        level: 'review',
        patches: [{ object: idOf(service), type: 'merge', patch: { spec: { selector } } }],
        commands: [`kubectl delete endpoints ${service.name} -n ${service.namespace}   # the hand-written one`],
      };
    }
    return {
      summary: `Correct or remove the addresses of ${displayId(object)}`,
      level: 'advice',
      patches: [],
      commands: [`kubectl get pods -n ${service.namespace} -o wide`],
    };
  },
  prove: ({ service, stale }) => [
    {
      command: `kubectl get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o wide`,
      expect: `${stale[0]?.endpoint.address} in the list`,
    },
    {
      command: `kubectl get pods -A -o wide --field-selector status.podIP=${stale[0]?.endpoint.address}`,
      expect: 'No resources found',
    },
  ],
});

/** A mirrored slice is a copy: its core Endpoints object is what to change. */
function sourceOf({ endpoint: { slice } }: StaleEndpoint, service: Service): ObjectId {
  const mirrored = slice.kind === 'Endpoints' || slice.managedBy === 'endpointslicemirroring-controller.k8s.io';
  return mirrored ? objectId('Endpoints', service.namespace, service.name) : idOf(slice);
}

function ownLabels(maker: PodMaker): Readonly<Record<string, string>> {
  const pairs = (maker.workload?.selector.requirements ?? []).flatMap((entry): readonly [string, string][] =>
    entry.operator === 'In' && entry.values[0] !== undefined ? [[entry.key, entry.values[0]]] : [],
  );
  return pairs.length === 0 ? maker.labels : Object.fromEntries(pairs);
}
