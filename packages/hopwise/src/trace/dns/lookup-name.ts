import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Service } from '../../model/kinds/service.ts';
import { type Directive, fallsThrough, inZone, normalZone, type ServerBlock } from './corefile.ts';
import type { DnsSetup } from './dns-setup.ts';
import { lookupHosts } from './hosts-plugin.ts';
import { lookupRecord, type NameRecord } from './name-records.ts';
import { rewriteName } from './rewrite-name.ts';

/** What cluster DNS answers for one fully qualified name, CNAMEs followed. */
export type NameResult = (
  | Exclude<NameRecord, { state: 'alias' }>
  /** Forwarded to another server, or fixed by a hosts entry. */
  | { readonly state: 'external'; readonly addresses: readonly string[] }
) & { readonly name: string; readonly aliases: readonly Service[] };

const MAX_ALIASES = 8;

export function lookupName(
  model: ClusterModel,
  setup: DnsSetup,
  asked: string,
  aliases: readonly Service[] = [],
): NameResult {
  const step = lookupOnce(model, setup, asked);
  const { result } = step;
  if (result.state !== 'alias') return { ...result, name: step.name, aliases };
  const chain = [...aliases, result.service];
  const target = normalZone(result.target);
  if (chain.length > MAX_ALIASES)
    return { state: 'nxdomain', why: 'ExternalName Services point at each other', name: asked, aliases: chain };
  // A CNAME holds a name, never an address, and no search path is applied to it.
  if (isAddressLike(target)) {
    return {
      state: 'nxdomain',
      why: `externalName ${target} is an address; DNS takes it for a name, which does not exist`,
      service: result.service,
      name: target,
      aliases: chain,
    };
  }
  return lookupName(model, setup, target, chain);
}

type Step = NameRecord | { readonly state: 'external'; readonly addresses: readonly string[] };

function lookupOnce(
  model: ClusterModel,
  setup: DnsSetup,
  asked: string,
): { readonly name: string; readonly result: Step } {
  if (asked === 'localhost') return { name: asked, result: { state: 'external', addresses: ['127.0.0.1', '::1'] } };
  const { corefile } = setup;
  if (corefile === undefined) {
    if (setup.unparsable) return { name: asked, result: unknownHere('the Corefile cannot be parsed') };
    return { name: asked, result: kubernetesOrOut(model, asked, setup.domain) };
  }
  const server = serverFor(corefile.servers, asked);
  if (server === undefined)
    return { name: asked, result: unknownHere(`no server block of the Corefile serves ${asked}`) };
  if (corefile.missingImports.length > 0) {
    return {
      name: asked,
      result: unknownHere(`the Corefile imports ${corefile.missingImports[0]}, which is not in the input`),
    };
  }
  const rewritten = rewriteName(server.directives, asked);
  if ('unknown' in rewritten) return { name: asked, result: unknownHere(rewritten.unknown) };
  return { name: rewritten.name, result: askPlugins(model, setup, server, rewritten.name) };
}

function kubernetesOrOut(model: ClusterModel, name: string, domain: string): Step {
  if (!inZone(name, domain)) return { state: 'external', addresses: [] };
  return lookupRecord(model, labelsUnder(name, domain), undefined);
}

/** The server block with the longest zone that holds the name. */
function serverFor(servers: readonly ServerBlock[], name: string): ServerBlock | undefined {
  let best: ServerBlock | undefined;
  let length = -1;
  for (const server of servers) {
    for (const { zone } of server.zones) {
      if (inZone(name, zone) && zone.length > length) {
        best = server;
        length = zone.length;
      }
    }
  }
  return best;
}

/** Plugins that never change which address a name has. */
const NEUTRAL: ReadonlySet<string> = new Set(
  'errors log health ready prometheus cache loop reload loadbalance bind bufsize debug lameduck autopath minimal any nsid metadata pprof trace dnssec header cancel timeouts multisocket quic tls root local on tsig transfer rewrite dnstap max_concurrent geoip'.split(
    ' ',
  ),
);
/** Plugins are asked in CoreDNS's own order (plugin.cfg), not in the Corefile's. */
const ORDER: ReadonlyMap<string, number> = new Map(
  ['template', 'hosts', 'kubernetes', 'forward'].map((name, index) => [name, index]),
);

function askPlugins(model: ClusterModel, setup: DnsSetup, server: ServerBlock, name: string): Step {
  const strange = server.directives.find((directive) => !NEUTRAL.has(directive.name) && !ORDER.has(directive.name));
  if (strange !== undefined && concerns(strange, server, name)) {
    return unknownHere(`what the plugin ${strange.name} of the Corefile answers is not known`);
  }
  const zones = server.zones.map(({ zone }) => zone);
  const plugins = server.directives
    .filter((directive) => ORDER.has(directive.name))
    .sort((left, right) => (ORDER.get(left.name) ?? 0) - (ORDER.get(right.name) ?? 0));
  for (const plugin of plugins) {
    const answer = askPlugin(model, setup, plugin, zones, name);
    if (answer !== undefined) return answer;
  }
  return { state: 'nxdomain', why: 'no plugin of the Corefile answers for it' };
}

/** Plugins with data of their own list the zones they serve; without, they serve the block's. */
function concerns(plugin: Directive, server: ServerBlock, name: string): boolean {
  const zones = plugin.args
    .filter((word) => word.includes('.') && !word.includes('/') && !word.includes(':'))
    .map(normalZone);
  return (zones.length > 0 ? zones : server.zones.map(({ zone }) => zone)).some((zone) => inZone(name, zone));
}

/** Undefined: the plugin leaves the name to the next one. */
function askPlugin(
  model: ClusterModel,
  setup: DnsSetup,
  plugin: Directive,
  serverZones: readonly string[],
  name: string,
): Step | undefined {
  switch (plugin.name) {
    case 'template': {
      const [, type = 'ANY', ...zones] = plugin.args;
      if (type !== 'A' && type !== 'ANY') return undefined;
      const own = zones.length > 0 ? zones.map(normalZone) : serverZones;
      return own.some((zone) => inZone(name, zone))
        ? unknownHere('a template of the Corefile may answer for it')
        : undefined;
    }
    case 'hosts': {
      const found = lookupHosts(plugin, name, serverZones, setup.config);
      if (found.state === 'pass') return undefined;
      if (found.state === 'found') return { state: 'external', addresses: found.addresses };
      return unknownHere(
        found.state === 'unknown'
          ? found.why
          : 'the hosts plugin of the Corefile has no fallthrough: names that it does not list fail with SERVFAIL',
      );
    }
    case 'kubernetes': {
      const zones = plugin.args.length > 0 ? plugin.args.map(normalZone) : serverZones;
      const zone = zones.filter((entry) => inZone(name, entry)).sort((left, right) => right.length - left.length)[0];
      if (zone === undefined) return undefined;
      const record = lookupRecord(model, labelsUnder(name, zone), plugin);
      return record.state === 'nxdomain' && fallsThrough(plugin, name) ? undefined : record;
    }
    default: {
      const zone = normalZone(plugin.args[0] ?? '');
      const excepted = plugin.block
        .filter((option) => option.name === 'except')
        .flatMap((option) => option.args.map(normalZone));
      if (!inZone(name, zone) || excepted.some((entry) => inZone(name, entry))) return undefined;
      return { state: 'external', addresses: [] };
    }
  }
}

function labelsUnder(name: string, zone: string): readonly string[] {
  if (zone === '') return name.split('.');
  return name === zone ? [] : name.slice(0, -zone.length - 1).split('.');
}

function unknownHere(why: string): Step {
  return { state: 'unknown', why, settledBy: 'kubectl -n kube-system get configmap coredns -o yaml' };
}

function isAddressLike(text: string): boolean {
  return /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(text) || text.includes(':');
}
