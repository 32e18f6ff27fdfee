import type { ConfigMap } from '../../model/kinds/cluster.ts';
import { type Directive, fallsThrough, inZone, normalZone } from './corefile.ts';

export type HostsResult =
  | { readonly state: 'found'; readonly addresses: readonly string[] }
  | { readonly state: 'pass' }
  /** Nothing found and nothing passed on: SERVFAIL (CoreDNS plugin/hosts has no SOA for an honest NXDOMAIN). */
  | { readonly state: 'refused' }
  | { readonly state: 'unknown'; readonly why: string };

/** What a `hosts [FILE [ZONES…]]` directive says about a name. */
export function lookupHosts(
  plugin: Directive,
  name: string,
  serverZones: readonly string[],
  config: ConfigMap | undefined,
): HostsResult {
  const [file, ...zones] = plugin.args;
  const own = zones.length > 0 ? zones.map(normalZone) : serverZones;
  if (!own.some((zone) => inZone(name, zone))) return { state: 'pass' };
  const lines = plugin.block.filter((entry) => isAddress(entry.name)).map((entry) => [entry.name, ...entry.args]);
  const text = file === undefined ? undefined : config?.data[file.slice(file.lastIndexOf('/') + 1)];
  for (const line of linesOf(text ?? '')) lines.push([...line]);
  const addresses = lines
    .filter(([, ...names]) => names.some((entry) => normalZone(entry) === name))
    .map(([address = '']) => address);
  if (addresses.length > 0) return { state: 'found', addresses };
  if (file !== undefined && file !== '/etc/hosts' && text === undefined) {
    return { state: 'unknown', why: `the hosts file ${file} of cluster DNS is not in the input` };
  }
  return { state: fallsThrough(plugin, name) ? 'pass' : 'refused' };
}

/** Lines of an /etc/hosts file as lists of words, comments left out. */
function linesOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .map((line) => (line.split('#')[0] ?? '').split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 1);
}

function isAddress(text: string): boolean {
  return /^[0-9a-fA-F.:]{2,45}$/.test(text) && /[.:]/.test(text);
}
