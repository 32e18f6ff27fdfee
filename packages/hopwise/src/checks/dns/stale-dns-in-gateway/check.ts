// A proxy resolved a name once (NGINX does for a plain proxy_pass host) and keeps the address. After the Service or Pod got
// another one it connects to an address nobody has: a connect timeout or refusal for that prefix only.
import { displayId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { orphanAddresses } from '../../../trace/orphan-addresses.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface StaleName extends Fact {
  readonly address: string;
  readonly name: string | undefined;
  readonly now: string | undefined;
}

export default defineCheck<StaleName>({
  cause: 'stale-dns-in-gateway',
  reads: ['Service', 'Pod', 'Node', 'ConfigMap', 'Deployment', 'DaemonSet', 'StatefulSet'],
  since: '0.1.0',
  explains: [
    'upstream-timeout',
    'app-overloaded',
    'app-returned-error',
    'dependency-misconfigured',
    'stale-endpoints',
    'gateway-config-stale',
  ],
  *find(world) {
    if (!world.seen.failing) return;
    for (const orphan of orphanAddresses(world)) {
      const evidence: Evidence[] = [
        logEvidence(orphan.line, `connects to ${orphan.address}, which no Service, Pod or Node has`, orphan.count),
      ];
      if (orphan.configured !== undefined) evidence.push(orphan.configured.evidence);
      if (orphan.service !== undefined)
        evidence.push(
          citeField(
            orphan.service,
            'spec.clusterIP',
            `Service ${orphan.service.name} has ${orphan.service.clusterIPs.join(', ')}`,
            orphan.service.clusterIPs[0] ?? '',
          ),
        );
      const { service, proxyStart } = orphan;
      const newer = service?.created !== undefined && proxyStart !== undefined && service.created > proxyStart;
      if (newer && service?.created !== undefined)
        evidence.push({
          type: 'timing',
          text: `the Service was created ${new Date(service.created).toISOString()}, the proxy has run since ${new Date(proxyStart).toISOString()}`,
        });
      const certainty: Certainty =
        newer && orphan.configured !== undefined
          ? 'proven'
          : newer || orphan.configured !== undefined
            ? 'strong'
            : 'possible';
      yield {
        object: orphan.proxy,
        certainty,
        modes: ['connect-timeout', 'refused', 'no-route-to-host', 'read-timeout', 'passed-on'],
        hop: 'gateway',
        evidence,
        address: orphan.address,
        name: service?.name,
        now: service?.clusterIPs[0],
      };
    }
  },
  describe: ({ object, address, name, now }) => ({
    headline: `${displayId(object)} still uses ${address}, an address nobody has`.slice(0, 80),
    why:
      name === undefined
        ? `It looked a name up once and keeps ${address}.`
        : `It looked ${name} up when it started and keeps ${address}; the Service now has ${now ?? 'another address'}.`,
    chain: [
      `${name ?? 'the backend'} got another address`,
      `${displayId(object)} keeps the one it looked up at start`,
      `connections to ${address} get no answer`,
      '504/502',
    ],
  }),
  fix({ object, name }) {
    const { kind, namespace, name: workload } = splitId(object);
    return {
      summary: `Restart ${displayId(object)}, and make it resolve ${name ?? 'the name'} again (for NGINX: resolver + a variable in proxy_pass)`,
      level: 'review',
      patches: [],
      commands: [`kubectl rollout restart ${kind.toLowerCase()}/${workload} -n ${namespace}`],
    };
  },
  prove: ({ address, name }) => [
    {
      command: `kubectl get services -A -o wide | grep -F ${address}`,
      expect: `no Service has it${name === undefined ? '' : `; ${name} has another ClusterIP`}`,
    },
  ],
});
