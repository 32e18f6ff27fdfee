// A name that somebody on the path must resolve does not exist: an ExternalName Service, the host a proxy or tunnel is
// configured with, or the name in the URL of an in-cluster caller. The resolver answers NXDOMAIN and the proxy 502/503.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { unresolvedNames } from '../../../trace/unresolved-names.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoName extends Fact {
  readonly name: string;
  readonly asker: string;
  readonly meant: string | undefined;
}

export default defineCheck<NoName>({
  cause: 'dns-name-not-found',
  reads: ['Service', 'ConfigMap', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  explains: ['service-not-found', 'dependency-misconfigured', 'app-returned-error', 'cluster-dns-degraded'],
  *find(world) {
    for (const unresolved of unresolvedNames(world)) {
      const evidence: Evidence[] = [];
      if (unresolved.configured !== undefined) evidence.push(unresolved.configured.evidence);
      if (unresolved.service !== undefined) evidence.push(citeField(unresolved.service, 'spec.externalName', `externalName is ${unresolved.name}`, unresolved.name));
      if (unresolved.line !== undefined) evidence.push(logEvidence(unresolved.line, `${unresolved.name} does not resolve`, unresolved.count));
      evidence.push({ type: 'absence', what: unresolved.name, text: unresolved.why });
      const object: ObjectId = unresolved.service !== undefined ? idOf(unresolved.service) : (unresolved.configured?.object ?? unresolved.asker);
      const certainty: Certainty = unresolved.line !== undefined && unresolved.inCluster ? 'proven' : unresolved.line !== undefined ? 'likely' : 'strong';
      yield { object, certainty, modes: ['dns-failure', 'passed-on', 'no-endpoints', 'no-service'], hop: 'cluster-dns', evidence, name: unresolved.name, asker: displayId(unresolved.asker), meant: unresolved.meant };
    }
  },
  describe: ({ object, name, asker }) => ({
    headline: `${displayId(object)} names ${name}, which does not exist`.slice(0, 80),
    why: `${asker} asks cluster DNS for ${name} and gets NXDOMAIN.`,
    chain: [`${displayId(object)} names ${name}`, 'cluster DNS answers NXDOMAIN', `${asker} has nowhere to send the request`, '502/503'],
  }),
  fix: ({ object, name, meant }) => ({ summary: meant === undefined ? `Use a name that exists instead of ${name} in ${displayId(object)}` : `Use ${meant} instead of ${name} in ${displayId(object)}`, level: 'review', patches: [], commands: [] }),
  prove: ({ name, meant }) => [
    { command: `kubectl run -it --rm dns --image=busybox:1.36 --restart=Never -- nslookup ${name}`, expect: `NXDOMAIN${meant === undefined ? '' : `; ${meant} resolves`}` },
  ],
});
