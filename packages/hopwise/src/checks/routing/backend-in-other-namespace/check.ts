// A backend is looked up in the route's own namespace. The Service exists, but somewhere else, so the gateway answers 503
// (or 500, 404) as if there were none.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, idOf, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Service } from '../../../model/kinds/service.ts';
import type { RouteBackend } from '../../../routing/route-table.ts';
import { backendFromNamespace } from '../../../trace/namespace-fix.ts';
import { serviceReference } from '../../../trace/service-reference.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Elsewhere extends Fact {
  readonly backend: RouteBackend;
  readonly namePath: string;
  readonly found: ObjectId;
}

export default defineCheck<Elsewhere>({
  cause: 'backend-in-other-namespace',
  reads: ['Service', 'Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['service-not-found', 'no-ready-endpoints', 'stale-endpoints', 'edge-targets-missing'],
  *find({ trace, model }) {
    if (trace.inCluster) return;
    for (const path of trace.backends) {
      if (path.service.state !== 'absent' || path.ref.weight === 0) continue;
      const { namespace, name } = splitId(path.ref.object);
      const reference = serviceReference(trace.rule, path.ref);
      const fitting = findNamesake(model, path.ref);
      if (fitting === undefined || reference === undefined) continue;
      const holder = model.object(reference.object);
      const evidence: Evidence[] = [];
      if (holder !== undefined)
        evidence.push(
          citeField(
            holder,
            reference.namePath,
            `the backend is Service ${name}, looked up in namespace ${namespace}`,
            name,
          ),
        );
      evidence.push(
        { type: 'absence', what: path.ref.object, text: `namespace ${namespace} has no Service ${name}` },
        citeField(
          fitting,
          'metadata.namespace',
          `Service ${name} is in namespace ${fitting.namespace}`,
          fitting.namespace,
        ),
      );
      yield {
        object: reference.object,
        certainty: 'strong',
        modes: ['no-service', 'no-endpoints'],
        partial: trace.backends.filter((backend) => backend.ref.weight > 0).length > 1,
        evidence,
        backend: path.ref,
        namePath: reference.namePath,
        found: idOf(fitting),
      };
    }
  },
  describe: ({ object, backend, found }) => ({
    headline: `${displayId(object)} needs Service ${splitId(found).name} of namespace ${splitId(found).namespace}`,
    why: `The backend is looked up in namespace ${splitId(backend.object).namespace}; the Service exists only as ${displayId(found)}.`,
    chain: [
      `${displayId(backend.object)} does not exist`,
      `${displayId(found)} does`,
      'the gateway has no endpoints for the rule',
      'it answers 503 (500 or 404 by controller) itself',
    ],
  }),
  fix({ object, backend, found }, { trace }) {
    const fix = backendFromNamespace(trace, backend, object, found);
    if (fix !== undefined) return { ...fix, level: 'review', commands: [] };
    const { namespace } = splitId(found);
    const target = kubectlName(object);
    return {
      summary: `Move ${displayId(object)} to namespace ${namespace}, where its Service is`,
      level: 'advice',
      patches: [],
      commands: [
        `kubectl get ${target} -o json | jq '.metadata = {name: .metadata.name, namespace: "${namespace}", labels: .metadata.labels, annotations: .metadata.annotations} | del(.status)' | kubectl create -f - && kubectl delete ${target}`,
      ],
    };
  },
  prove: ({ backend, found }) => [
    { command: `kubectl get ${kubectlName(backend.object)}`, expect: 'NotFound' },
    { command: `kubectl get ${kubectlName(found)}`, expect: 'the Service that was meant' },
  ],
});

/** Of several namesakes the one that has the wanted port is meant. */
function findNamesake(model: ClusterModel, backend: RouteBackend): Service | undefined {
  const { namespace, name } = splitId(backend.object);
  const elsewhere = model.named('Service', name).filter((service) => service.namespace !== namespace);
  const fitting = elsewhere.find(
    (service) =>
      backend.port === undefined ||
      service.ports.some((port) => port.port === backend.port || port.name === backend.port),
  );
  return fitting ?? elsewhere[0];
}
