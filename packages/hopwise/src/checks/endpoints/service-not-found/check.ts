// The winning rule names a Service that exists nowhere. Controllers answer 503 (ingress-nginx, Envoy) or 500 (Gateway API)
// without ever asking a Pod; some drop the rule altogether.
import { pointerOf } from '../../../base/json-pointer.ts';
import { displayId, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { RouteBackend } from '../../../routing/route-table.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { similarNames } from '../../../trace/similar.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Missing extends Fact {
  readonly service: ObjectId;
  readonly backend: RouteBackend;
  /** A Service of the same namespace that may be meant. */
  readonly meant: string | undefined;
}

export default defineCheck<Missing>({
  cause: 'service-not-found',
  reads: ['Service', 'Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['no-ready-endpoints', 'gateway-config-stale'],
  *find(world) {
    const { trace, model } = world;
    const rule = trace.rule;
    if (rule === undefined || trace.inCluster) return;
    for (const path of trace.backends) {
      if (path.service.state !== 'absent' || path.ref.weight === 0) continue;
      const { namespace, name } = splitId(path.ref.object);
      // The same name in another namespace is a different mistake with another fix.
      if (model.named('Service', name).length > 0) continue;
      const route = model.object(rule.object);
      const meant = similarNames(
        name,
        model.listIn('Service', namespace).map((service) => service.name),
      )[0];
      const evidence: Evidence[] = [];
      if (route !== undefined)
        evidence.push(citeField(route, path.ref.field || rule.field, `the backend is Service ${name}`, name));
      evidence.push({
        type: 'absence',
        what: path.ref.object,
        text: `no namespace has a Service ${name}; ${namespace} has ${listNames(world, namespace)}`,
      });
      const said = world.seen.controller.findLast(
        (entry) => entry.event === 'service-missing' && (entry.subject ?? entry.message).includes(name),
      );
      if (said !== undefined) evidence.push(logEvidence(said, said.message));
      yield {
        object: rule.object,
        certainty: said === undefined ? 'strong' : 'proven',
        modes: ['no-service', 'no-endpoints'],
        partial: trace.backends.length > 1,
        evidence,
        service: path.ref.object,
        backend: path.ref,
        meant,
      };
    }
  },
  describe: ({ object, service }) => ({
    headline: `${displayId(object)} sends to Service ${splitId(service).name}, which does not exist`,
    why: `The gateway has nowhere to send the request: ${displayId(service)} does not exist.`,
    chain: [
      `${displayId(service)} does not exist`,
      'the gateway has no endpoints for the rule',
      'it answers 503 (or 500) itself',
    ],
  }),
  fix({ object, service, backend, meant }) {
    const { namespace, name } = splitId(service);
    const pointer = pointerOf(backend.field);
    if (meant === undefined || pointer === undefined) {
      return {
        summary: `Create Service ${namespace}/${name}, or name an existing Service in ${displayId(object)}`,
        level: 'advice',
        patches: [],
        commands: [`kubectl get services -n ${namespace}`],
      };
    }
    const field = splitId(object).kind === 'Ingress' ? `${pointer}/service/name` : `${pointer}/name`;
    return {
      summary: `Name Service ${meant} in ${displayId(object)}`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [{ op: 'replace', path: field, value: meant }] }],
      commands: [],
    };
  },
  prove({ service }) {
    const { namespace, name } = splitId(service);
    return [{ command: `kubectl get service ${name} -n ${namespace}`, expect: 'NotFound' }];
  },
});

function listNames(world: World, namespace: string): string {
  const names = world.model.listIn('Service', namespace).map((service) => service.name);
  return names.length === 0 ? 'none' : names.slice(0, 6).join(', ');
}
