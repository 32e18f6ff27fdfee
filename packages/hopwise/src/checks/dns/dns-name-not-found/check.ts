// A name that somebody on the path must resolve does not exist: an ExternalName Service, the host a proxy or tunnel is
// configured with, or the name in the URL of an in-cluster caller. The resolver answers NXDOMAIN and the proxy 502/503.
import { displayId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { resolveInCluster } from '../../../trace/dns/resolve.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { type UnresolvedName, unresolvedNames } from '../../../trace/unresolved-names.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoName extends Fact {
  readonly unresolved: UnresolvedName;
}

export default defineCheck<NoName>({
  cause: 'dns-name-not-found',
  reads: ['Service', 'EndpointSlice', 'Endpoints', 'ConfigMap', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  explains: ['service-not-found', 'app-returned-error', 'cluster-dns-degraded', 'crash-loop', 'no-ready-endpoints'],
  *find(world) {
    for (const unresolved of unresolvedNames(world)) {
      const evidence: Evidence[] = [...unresolved.evidence];
      const last = unresolved.failures.at(-1);
      if (last !== undefined)
        evidence.push(logEvidence(last.line, `${unresolved.name} does not resolve`, unresolved.failures.length));
      const client = clientSaid(world);
      if (client !== undefined) evidence.push(client);
      evidence.push({ type: 'absence', what: unresolved.name, text: unresolved.why });
      yield {
        object: unresolved.object,
        certainty: certaintyOf(unresolved, client !== undefined),
        modes: ['dns-failure', 'passed-on', 'no-endpoints', 'no-service', 'gateway-unreachable'],
        hop: 'cluster-dns',
        evidence,
        unresolved,
      };
    }
  },
  describe: ({ object, unresolved: { name, asker, why } }) => ({
    headline: headlineOf(displayId(object), name),
    why: `${displayId(asker)} asks DNS for ${name}: ${why}.`,
    chain: [why, `DNS answers NXDOMAIN for ${name}`, `${displayId(asker)} has nowhere to send the request`, '502/503'],
  }),
  fix({ object, unresolved: { name, meant, patch } }) {
    const instead = meant ?? patchedPolicy(patch?.patch);
    return {
      summary: (instead === undefined
        ? `Use a name that exists instead of ${name} in ${displayId(object)}`
        : meant === undefined
          ? `Set dnsPolicy ${instead} in ${displayId(object)}`
          : `Use ${instead} instead of ${name} in ${displayId(object)}`
      ).slice(0, 200),
      level: patch === undefined ? 'advice' : 'review',
      patches: patch === undefined ? [] : [patch],
      commands: [],
      ...(meant === undefined ? {} : { wanted: (world: World) => exists(world, meant) }),
    };
  },
  prove: ({ unresolved: { name, meant } }) => [
    {
      command: `kubectl run dns-test -it --rm --restart=Never --image=busybox:1.36 -- nslookup ${shellQuote(name)}`,
      expect: `NXDOMAIN${meant === undefined ? '' : `; ${meant} resolves`}`,
    },
  ],
});

/** Two words for one fact: a short name that is long gone fits a line, a long one needs it alone. */
function headlineOf(object: string, name: string): string {
  const full = `${object} names ${name}, which does not exist`;
  return full.length <= 80 ? full : `${object} names a host that does not exist`;
}

function certaintyOf({ failures, known }: UnresolvedName, client: boolean): Certainty {
  if (known) return failures.length > 0 || client ? 'proven' : 'strong';
  return 'likely';
}

/** The in-cluster client's own words, when the name it could not resolve is the URL's. */
function clientSaid({ seen, trace }: World): Evidence | undefined {
  if (!trace.inCluster || seen.response?.clientError?.kind !== 'dns') return undefined;
  const { file, clientError } = seen.response;
  return { type: 'response', text: clientError.message, ...(file === undefined ? {} : { file }) };
}

function exists({ model }: World, name: string): boolean {
  const answer = resolveInCluster(model, name, { namespace: 'default' });
  return answer.state !== 'nxdomain' || !name.includes('.');
}

function patchedPolicy(patch: unknown): string | undefined {
  return /"dnsPolicy":"(\w{1,40})"/.exec(JSON.stringify(patch ?? {}))?.[1];
}
