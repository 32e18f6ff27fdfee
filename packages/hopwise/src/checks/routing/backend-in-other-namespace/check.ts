// An Ingress backend is looked up in the Ingress's own namespace only. The Service exists, but somewhere else, so the
// gateway answers 503 as if there were none.
import { displayId, idOf, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Elsewhere extends Fact {
  readonly service: ObjectId;
  readonly found: ObjectId;
}

export default defineCheck<Elsewhere>({
  cause: 'backend-in-other-namespace',
  reads: ['Service', 'Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['service-not-found', 'no-ready-endpoints'],
  *find({ trace, model }) {
    const rule = trace.rule;
    if (rule === undefined || trace.inCluster) return;
    for (const path of trace.backends) {
      if (path.service.state !== 'absent' || path.ref.weight === 0) continue;
      const { namespace, name } = splitId(path.ref.object);
      const elsewhere = model.named('Service', name).filter((service) => service.namespace !== namespace);
      // Of several namesakes the one that has the wanted port is meant.
      const fitting =
        elsewhere.find(
          (service) =>
            path.ref.port === undefined ||
            service.ports.some((port) => port.port === path.ref.port || port.name === path.ref.port),
        ) ?? elsewhere[0];
      if (fitting === undefined) continue;
      const route = model.object(rule.object);
      const evidence: Evidence[] = [];
      if (route !== undefined)
        evidence.push(
          citeField(
            route,
            path.ref.field || rule.field,
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
        object: rule.object,
        certainty: 'strong',
        modes: ['no-service', 'no-endpoints'],
        partial: trace.backends.length > 1,
        evidence,
        service: path.ref.object,
        found: idOf(fitting),
      };
    }
  },
  describe: ({ object, service, found }) => ({
    headline: `${displayId(object)} needs Service ${splitId(service).name} of namespace ${splitId(found).namespace}`,
    why: `A backend is looked up in the route's own namespace; the Service exists only as ${displayId(found)}.`,
    chain: [
      `${displayId(service)} does not exist`,
      `${displayId(found)} does`,
      'the gateway has no endpoints for the rule',
      'it answers 503 itself',
    ],
  }),
  fix({ object, service, found }) {
    const target = splitId(found);
    const { namespace, name } = splitId(service);
    return {
      summary: `Move the route to namespace ${target.namespace}, or put an ExternalName Service ${name} in ${namespace}`,
      level: 'review',
      patches: [],
      commands: [
        `kubectl get ${splitId(object).kind.toLowerCase()} ${splitId(object).name} -n ${namespace} -o yaml   # re-create it with metadata.namespace: ${target.namespace}`,
      ],
    };
  },
  prove({ service, found }) {
    return [
      { command: `kubectl get service ${splitId(service).name} -n ${splitId(service).namespace}`, expect: 'NotFound' },
      {
        command: `kubectl get service ${splitId(found).name} -n ${splitId(found).namespace}`,
        expect: 'the Service that was meant',
      },
    ];
  },
});
