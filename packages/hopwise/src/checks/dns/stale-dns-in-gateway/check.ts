// A proxy resolved a name once (NGINX does for a plain proxy_pass host, HAProxy without resolvers, a JVM that caches for
// ever) and keeps the address. After the Service or Pod got another one it connects to an address nobody has.
import { displayId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { type StaleName, staleNames } from '../../../trace/stale-names.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Stale extends Fact {
  readonly stale: StaleName;
}

export default defineCheck<Stale>({
  cause: 'stale-dns-in-gateway',
  reads: [
    'Service',
    'Pod',
    'Node',
    'ConfigMap',
    'Deployment',
    'DaemonSet',
    'StatefulSet',
    'EndpointSlice',
    'Endpoints',
  ],
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
    for (const stale of staleNames(world)) {
      const { service, configured, newer, shown } = stale;
      yield {
        object: stale.proxy,
        certainty: certaintyOf(stale, newer || shown, configured !== undefined),
        modes: ['connect-timeout', 'refused', 'no-route-to-host', 'read-timeout', 'passed-on', 'no-live-endpoint'],
        hop: 'gateway',
        evidence: evidenceOf(stale, service === undefined ? undefined : addressEvidence(service)),
        stale,
      };
    }
  },
  describe({ object, stale: { address, service, proxyStart } }) {
    const name = service?.name;
    const old = address ?? `the address that ${name ?? 'its backend'} had`;
    const now = service?.clusterIPs[0] ?? 'another address';
    const since =
      proxyStart === undefined ? '' : ` (${new Date(proxyStart).toISOString().slice(0, 16).replace('T', ' ')})`;
    return {
      headline: `${displayId(object)} still uses ${address ?? 'an old address'}`,
      why:
        name === undefined
          ? `It looked a name up once and keeps ${old}, which nobody has.`
          : `It looked ${name} up when it started${since} and keeps ${old}; ${name} has ${now} now.`,
      chain: [
        `${name ?? 'the backend'} got another address`,
        `${displayId(object)} keeps the one it looked up at start`,
        `connections to ${old} get no answer`,
        '504/502',
      ],
    };
  },
  fix({ object, stale: { service } }) {
    const { kind, namespace, name } = splitId(object);
    const again =
      'make it resolve the name again (NGINX: resolver and a variable in proxy_pass; HAProxy: resolvers; JVM: networkaddress.cache.ttl)';
    return {
      summary: `Restart ${displayId(object)} so that it looks ${service?.name ?? 'its backend'} up anew, and ${again}`,
      level: 'review',
      patches: [],
      commands: [`kubectl rollout restart ${shellQuote(`${kind.toLowerCase()}/${name}`)} -n ${shellQuote(namespace)}`],
    };
  },
  prove({ stale: { address, service } }) {
    const ip = address?.replace(/:\d{1,5}$/, '');
    const owners =
      ip === undefined
        ? []
        : [
            {
              command: `kubectl get services,pods -A -o wide | grep -F ${shellQuote(ip)}`,
              expect: 'nothing has this address',
            },
          ];
    if (service === undefined) return owners;
    const place = `${shellQuote(service.name)} -n ${shellQuote(service.namespace)}`;
    const expect = `the address of ${service.name} now, and since when`;
    return [
      ...owners,
      { command: `kubectl get service ${place} -o jsonpath='{.spec.clusterIP} {.metadata.creationTimestamp}'`, expect },
    ];
  },
});

function certaintyOf({ address, service }: StaleName, timed: boolean, configured: boolean): Certainty {
  if (service === undefined) return 'possible';
  if (address === undefined) return 'likely';
  return timed && configured ? 'proven' : timed || configured ? 'strong' : 'possible';
}

function addressEvidence(service: StaleName['service'] & object): Evidence {
  return service.headless
    ? citeField(
        service,
        'spec.clusterIP',
        `${service.name} is headless: its name leads to the Pods it has at the time`,
        'None',
      )
    : citeField(
        service,
        'spec.clusterIP',
        `Service ${service.name} has ${service.clusterIPs.join(', ')}`,
        service.clusterIPs[0] ?? '',
      );
}

function evidenceOf(stale: StaleName, current: Evidence | undefined): readonly Evidence[] {
  const { address, line, count, configured, service, proxyStart, newer } = stale;
  const evidence: Evidence[] = [];
  if (line !== undefined)
    evidence.push(
      logEvidence(
        line,
        address === undefined
          ? 'its backend cannot be reached'
          : `connects to ${address}, which no Service, Pod or Node has`,
        count,
      ),
    );
  if (configured !== undefined) evidence.push(configured.evidence);
  if (current !== undefined) evidence.push(current);
  if (newer && service?.created !== undefined && proxyStart !== undefined) {
    const came = service.headless
      ? 'the Pods behind it are newer'
      : `was created ${new Date(service.created).toISOString()}`;
    const since = new Date(proxyStart).toISOString();
    evidence.push({ type: 'timing', text: `Service ${service.name} ${came}; the proxy has run since ${since}` });
  }
  return evidence;
}
