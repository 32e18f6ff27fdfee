import { idOf } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ConfigMap } from '../../model/kinds/cluster.ts';
import { type Directive, inZone, normalZone, type ServerBlock } from './corefile.ts';
import { type DnsSetup, dnsSetupOf, kubernetesZones } from './dns-setup.ts';
import type { DnsHealth } from './examine.ts';

export interface CorefileFault extends DnsHealth {
  /** CoreDNS does not start, or stops, with it. */
  readonly stopsStart: boolean;
}

/** Faults of the Corefile that cluster DNS uses, the gravest first; none where no Corefile is in the input. */
export function corefileFaults(model: ClusterModel): readonly CorefileFault[] {
  const setup = dnsSetupOf(model);
  const { config, corefile } = setup;
  if (config === undefined) return [];
  if (setup.unparsable) {
    return [fault(config, 'suspect', 'its Corefile cannot be parsed: a brace is missing', 'not a Corefile', true)];
  }
  if (corefile === undefined || corefile.missingImports.length > 0) return [];
  return [
    ...missingKubernetes(setup, config),
    ...corefile.servers.flatMap((server) => serverFaults(setup, config, server)),
  ];
}

function missingKubernetes(setup: DnsSetup, config: ConfigMap): readonly CorefileFault[] {
  const zones = setup.corefile === undefined ? [] : kubernetesZones(setup.corefile);
  if (zones.some((zone) => inZone(setup.domain, zone))) return [];
  const why =
    zones.length === 0
      ? 'its Corefile has no kubernetes plugin, so no Service has a name'
      : `its Corefile serves ${zones.filter((zone) => !zone.endsWith('.arpa')).join(', ')}, while Pods search ${setup.domain}`;
  return [
    fault(
      config,
      zones.length === 0 ? 'suspect' : 'broken',
      why,
      'no kubernetes directive for the cluster domain',
      false,
    ),
  ];
}

function serverFaults(setup: DnsSetup, config: ConfigMap, server: ServerBlock): readonly CorefileFault[] {
  const found: CorefileFault[] = [];
  const plugin = (name: string): Directive | undefined =>
    server.directives.find((directive) => directive.name === name);
  const hosts = plugin('hosts');
  const serves = server.zones.some(({ zone }) => inZone(setup.domain, zone));
  if (serves && plugin('kubernetes') !== undefined && hosts !== undefined && hidesCluster(hosts, setup.domain)) {
    found.push(
      fault(
        config,
        'broken',
        'its hosts plugin has no fallthrough: every name that it does not list fails with SERVFAIL',
        'hosts without fallthrough',
        false,
      ),
    );
  }
  const own = new Set([...setup.services.flatMap((service) => service.clusterIPs), '127.0.0.1', '::1', '[::1]']);
  const ports = new Set(server.zones.map(({ port }) => port));
  for (const forward of server.directives.filter((directive) => directive.name === 'forward')) {
    const self = forward.args.slice(1).find((target) => pointsAt(target, own, ports));
    if (self !== undefined && inZone('', normalZone(forward.args[0] ?? ''))) {
      found.push(
        fault(
          config,
          'suspect',
          `its Corefile forwards to itself (${self}): names outside the cluster go round in circles`,
          `forward ${forward.args.join(' ')}`,
          plugin('loop') !== undefined,
        ),
      );
    }
  }
  return found;
}

/** Without zones of its own a hosts directive answers for everything. */
function hidesCluster(hosts: Directive, domain: string): boolean {
  const zones = hosts.args.slice(1).map(normalZone);
  if (zones.length > 0 && !zones.some((zone) => inZone(domain, zone))) return false;
  const option = hosts.block.find((entry) => entry.name === 'fallthrough');
  return (
    option === undefined || (option.args.length > 0 && !option.args.some((zone) => inZone(domain, normalZone(zone))))
  );
}

/** `10.96.0.10`, `10.96.0.10:53`, `dns://10.96.0.10`: one of DNS's own addresses on a port it serves. */
function pointsAt(target: string, own: ReadonlySet<string>, ports: ReadonlySet<number>): boolean {
  const plain = target.replace(/^[a-z]+:\/\//, '');
  const port = /^(?:[0-9.]+|\[[0-9a-fA-F:]+\]):([0-9]{1,5})$/.exec(plain)?.[1];
  const address = port === undefined ? plain : plain.slice(0, -port.length - 1);
  return own.has(address) && (ports.has(port === undefined ? 53 : Number(port)) || !address.startsWith('127.'));
}

function fault(
  config: ConfigMap,
  state: 'broken' | 'suspect',
  why: string,
  cite: string,
  stopsStart: boolean,
): CorefileFault {
  return {
    state,
    why: `ConfigMap ${config.namespace}/${config.name}: ${why}`,
    evidence: [citeField(config, 'data.Corefile', cite)],
    object: idOf(config),
    stopsStart,
  };
}
