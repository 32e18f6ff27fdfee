// A route that refers to a Service of another namespace needs a ReferenceGrant there. Without one the backend is invalid
// and the gateway answers 500 for the rule.
import { displayId, idOf, type ObjectId, objectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Ungranted extends Fact {
  readonly route: ObjectId;
  readonly service: ObjectId;
  readonly why: string;
}

export default defineCheck<Ungranted>({
  cause: 'reference-not-permitted',
  reads: ['ReferenceGrant', 'HTTPRoute', 'GRPCRoute', 'Service'],
  since: '0.1.0',
  explains: ['service-not-found', 'no-ready-endpoints'],
  *find({ trace, model }) {
    const rule = trace.rule;
    if (rule === undefined) return;
    const { namespace } = splitId(rule.object);
    for (const path of trace.backends) {
      const target = splitId(path.ref.object);
      if (
        path.ref.refused === undefined ||
        target.namespace === namespace ||
        !path.ref.refused.why.includes('ReferenceGrant')
      )
        continue;
      const route = model.object(rule.object);
      const evidence: Evidence[] = [];
      if (route !== undefined)
        evidence.push(
          citeField(
            route,
            path.ref.field,
            `the backend is ${displayId(path.ref.object)}, another namespace than the route's`,
          ),
        );
      const grants = model.listIn('ReferenceGrant', target.namespace);
      if (grants.length === 0)
        evidence.push({
          type: 'absence',
          what: 'ReferenceGrant',
          text: `namespace ${target.namespace} has no ReferenceGrant`,
        });
      for (const grant of grants.slice(0, 3))
        evidence.push(
          citeField(
            grant,
            'spec.from',
            `ReferenceGrant ${grant.name} does not admit ${splitId(rule.object).kind} of namespace ${namespace} to that Service`,
          ),
        );
      const near = grants[0];
      yield {
        object: near === undefined ? rule.object : idOf(near),
        certainty: 'strong',
        modes: ['no-service'],
        partial: trace.backends.length > 1,
        evidence,
        route: rule.object,
        service: path.ref.object,
        why: path.ref.refused.why,
      };
    }
  },
  describe: ({ route, service }) => ({
    headline: `${displayId(route)} may not use Service ${splitId(service).namespace}/${splitId(service).name}`.slice(
      0,
      80,
    ),
    why: `No ReferenceGrant in namespace ${splitId(service).namespace} admits ${splitId(route).kind} of namespace ${splitId(route).namespace}.`,
    chain: ['no ReferenceGrant admits the reference', 'the backend is invalid', 'the gateway answers 500 for the rule'],
  }),
  fix({ route, service }) {
    const from = splitId(route);
    const to = splitId(service);
    const name = `allow-${from.namespace}-${to.name}`.slice(0, 63);
    return {
      summary: `Create a ReferenceGrant in ${to.namespace} that admits ${from.kind} of ${from.namespace}`,
      level: 'review',
      patches: [
        {
          object: objectId('ReferenceGrant', to.namespace, name),
          type: 'merge',
          patch: {
            apiVersion: 'gateway.networking.k8s.io/v1beta1',
            kind: 'ReferenceGrant',
            metadata: { name, namespace: to.namespace },
            spec: {
              from: [{ group: 'gateway.networking.k8s.io', kind: from.kind, namespace: from.namespace }],
              to: [{ group: '', kind: 'Service', name: to.name }],
            },
          },
        },
      ],
      commands: [],
    };
  },
  prove: ({ route, service }) => [
    {
      command: `kubectl get referencegrant -n ${splitId(service).namespace} -o yaml`,
      expect: 'no entry for the route’s namespace and kind',
    },
    {
      command: `kubectl get ${splitId(route).kind.toLowerCase()} ${splitId(route).name} -n ${splitId(route).namespace} -o jsonpath='{.status.parents[*].conditions}'`,
      expect: 'ResolvedRefs=False, reason RefNotPermitted',
    },
  ],
});
