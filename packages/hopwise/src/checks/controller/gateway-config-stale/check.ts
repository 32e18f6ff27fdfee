// The proxy works with an outdated view: it sends to addresses that are no endpoint any more, or lacks a route or endpoints
// that the objects have. A lost watch, missing RBAC or a stuck reload keeps it there.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, type ObjectId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { ControllerEntry } from '../../../sources/observations.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { standingRejection } from '../../../trace/rejected-config.ts';
import { type OldConfig, oldConfig } from '../../../trace/running-config.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Stale extends Fact {
  readonly old: OldConfig;
  readonly reason: string | undefined;
}

export default defineCheck<Stale>({
  cause: 'gateway-config-stale',
  reads: ['EndpointSlice', 'Endpoints', 'Pod', 'Service', 'Deployment', 'DaemonSet'],
  since: '0.1.0',
  explains: ['stale-endpoints', 'edge-targets-missing'],
  *find(world) {
    const { trace, model } = world;
    const old = oldConfig(world);
    if (trace.gateway === undefined || old === undefined) return;
    // A refused configuration is the deeper reason.
    if (standingRejection(world) !== undefined) return;
    const trouble = standingTrouble(world);
    // Without a reason given, only addresses that nobody has show an old view; anything else has likelier explanations.
    if (trouble === undefined && old.sign !== 'addresses') return;
    const evidence: Evidence[] = [...old.evidence];
    if (trouble !== undefined) evidence.push(logEvidence(trouble, trouble.message));
    const pod = trace.gateway.pods.state === 'found' ? trace.gateway.pods.value[0] : undefined;
    const object: ObjectId | undefined = pod === undefined ? trace.gateway.object : model.controllerOf(pod);
    if (object === undefined) return;
    yield {
      object,
      certainty: trouble === undefined ? 'likely' : 'proven',
      modes: ['refused', 'no-route-to-host', 'connect-timeout', 'no-live-endpoint', 'no-endpoints', 'no-route'],
      evidence,
      old,
      reason: trouble?.message,
    };
  },
  describe: ({ object, old, reason }) => ({
    headline: `${displayId(object)} ${SIGNS[old.sign]}`,
    why: `${old.addresses.length > 0 ? `It connects to ${old.addresses.slice(0, 3).join(', ')}, which no Pod has, while the EndpointSlices are right` : 'The objects hold what it says is missing'}${reason === undefined ? '' : ` (${reason.slice(0, 100)})`}.`,
    chain: [
      reason === undefined ? 'the proxy’s view of the cluster is old' : reason.slice(0, 100),
      `the gateway ${SIGNS[old.sign]}`,
      'requests fail although the objects are right',
    ],
  }),
  fix: ({ object, reason }) => ({
    summary: `${/forbidden/i.test(reason ?? '') ? `Grant ${displayId(object)} what it may not read` : `Find why ${displayId(object)} does not follow changes (watch, reload)`}, then restart it`,
    level: 'advice',
    patches: [],
    commands: [
      `kubectl logs ${kubectlName(object)} --tail=1000 | grep -iE 'forbidden|watch|list|reload'`,
      `kubectl rollout restart ${kubectlName(object)}`,
    ],
  }),
  prove: ({ old, object }) => [
    old.addresses[0] === undefined
      ? {
          command: `kubectl logs ${kubectlName(object)} --tail=1000 | grep -iE 'forbidden|watch'`,
          expect: 'the controller says what it cannot read',
        }
      : {
          command: `kubectl get pods -A -o wide | grep -F ${shellQuote(old.addresses[0])}`,
          expect: 'no Pod has the address that the gateway connects to',
        },
    {
      command: `kubectl auth can-i watch endpointslices.discovery.k8s.io -A --as system:serviceaccount:${splitId(object).namespace}:$(kubectl get ${kubectlName(object)} -o jsonpath='{.spec.template.spec.serviceAccountName}')`,
      expect: 'no, when its permissions are the reason',
    },
  ],
});

const SIGNS: Readonly<Record<OldConfig['sign'], string>> = {
  addresses: 'sends to Pods that are gone',
  'route-missing': 'lacks a route it should have',
  'endpoints-missing': 'sees no endpoints',
};

/** The controller cannot read or follow what it needs, and has not recovered since. */
function standingTrouble({ seen }: World): ControllerEntry | undefined {
  const last = seen.controller.findLast(
    (entry) =>
      (entry.event === 'permission-denied' || entry.event === 'watch-failed') && FOLLOWED.test(resourceIn(entry)),
  );
  const started = seen.controller.findLast((entry) => entry.event === 'started')?.time ?? 0;
  return last !== undefined && (last.time ?? started) >= started ? last : undefined;
}

/** `endpointslices.discovery.k8s.io` of a refusal, `EndpointSlice` of `Failed to watch *v1.EndpointSlice`. */
function resourceIn({ event, subject, message }: ControllerEntry): string {
  return (
    (event === 'permission-denied' ? subject : undefined) ?? /\*[\w/.-]{0,80}\.([A-Z]\w{2,60})/.exec(message)?.[1] ?? ''
  );
}

/** Kinds that routes and endpoints are made of; a controller that may not read events or leases still follows these. */
const FOLLOWED =
  /^(?:endpoint|service|ingress|secret|configmap|httproute|grpcroute|gateway|referencegrant|namespace|pod|virtualse)/i;
