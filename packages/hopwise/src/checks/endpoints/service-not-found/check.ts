// The winning rule names a Service that exists nowhere. Controllers answer 503 (ingress-nginx, Envoy) or 500 (Gateway API)
// without ever asking a Pod; some drop the rule altogether and answer 404.
import { inNamespace, kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { type ServiceReference, serviceReference } from '../../../trace/service-reference.ts';
import { similarNames } from '../../../trace/similar.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Missing extends Fact {
  readonly service: ObjectId;
  readonly reference: ServiceReference;
  /** A Service of the same namespace that may be meant. */
  readonly meant: string | undefined;
}

export default defineCheck<Missing>({
  cause: 'service-not-found',
  reads: ['Service', 'Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['no-ready-endpoints', 'gateway-config-stale', 'stale-endpoints', 'edge-targets-missing'],
  *find(world) {
    const { trace, model } = world;
    if (trace.inCluster) return;
    for (const path of trace.backends) {
      if (path.service.state !== 'absent' || path.ref.weight === 0) continue;
      const { namespace, name } = splitId(path.ref.object);
      const reference = serviceReference(trace.rule, path.ref);
      // The same name in another namespace is a different mistake with another fix.
      if (reference === undefined || model.named('Service', name).length > 0) continue;
      const holder = model.object(reference.object);
      const names = model.listIn('Service', namespace).map((service) => service.name);
      const evidence: Evidence[] = [];
      if (holder !== undefined)
        evidence.push(citeField(holder, reference.namePath, `the backend is Service ${name}`, name));
      evidence.push({
        type: 'absence',
        what: path.ref.object,
        text: `no namespace has a Service ${name}; ${namespace} has ${names.slice(0, 6).join(', ') || 'none'}`,
      });
      const said = saidMissing(world, namespace, name);
      if (said !== undefined) evidence.push(logEvidence(said, said.message));
      yield {
        object: reference.object,
        certainty: said === undefined ? 'strong' : 'proven',
        modes: ['no-service', 'no-endpoints'],
        partial: trace.backends.filter((backend) => backend.ref.weight > 0).length > 1,
        evidence,
        service: path.ref.object,
        reference,
        meant: similarNames(name, names)[0],
      };
    }
  },
  describe: ({ object, service }) => ({
    headline: `${displayId(object)} sends to Service ${splitId(service).name}, which does not exist`,
    why: `The gateway has nowhere to send the request: ${displayId(service)} does not exist.`,
    chain: [
      `${displayId(service)} does not exist`,
      'the gateway has no endpoints for the rule',
      'it answers 503 (500 or 404 by controller) itself',
    ],
  }),
  fix({ object, service, reference, meant }) {
    const { namespace, name } = splitId(service);
    const patch = meant === undefined ? undefined : reference.rename(meant);
    if (meant === undefined || patch === undefined) {
      return {
        summary: `Create Service ${namespace}/${name}, or name an existing Service in ${displayId(object)}`,
        level: 'advice',
        patches: [],
        commands: [`kubectl get services${inNamespace(namespace)}`],
      };
    }
    return {
      summary: `Name Service ${meant} in ${displayId(object)}`,
      level: 'review',
      patches: [{ object, type: 'json', patch }],
      commands: [],
    };
  },
  prove: ({ service, object }) => [
    { command: `kubectl get ${kubectlName(service)}`, expect: 'NotFound' },
    { command: `kubectl get ${kubectlName(object)} -o yaml`, expect: `the backend ${splitId(service).name}` },
  ],
});

/** The controller complains about this very Service. */
function saidMissing({ seen }: World, namespace: string, name: string) {
  return seen.controller.findLast((entry) => {
    if (entry.event !== 'service-missing' && entry.event !== 'endpoints-missing') return false;
    if (entry.subject !== undefined) return entry.subject.endsWith(`${namespace}/${name}`);
    return entry.message.includes(`${namespace}/${name}`);
  });
}
