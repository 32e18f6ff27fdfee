import { editDistance } from '../../base/edit-distance.ts';
import type { VirtualHost } from '../route-table.ts';

/** Why a host that looks like the request's is not the one that answers; undefined for an unrelated one. */
export function explainHostMiss(
  host: VirtualHost,
  asked: string,
  answered: VirtualHost | undefined,
): string | undefined {
  const name = host.host;
  if (name === '') {
    return answered === undefined || answered.host === ''
      ? undefined
      : `a rule without host only answers hosts that no other rule names; ${describeHost(answered)} is more specific`;
  }
  if (name.startsWith('~')) return undefined;
  if (name.startsWith('*.')) return explainWildcard(host, asked, answered);
  if (`www.${name}` === asked || `www.${asked}` === name)
    return `the rule is for ${name}, the request is for ${asked}: www makes another host`;
  const wanted = name.split('.');
  const given = asked.split('.');
  if (wanted.length === given.length) {
    const different = wanted.flatMap((label, at) => (label === given[at] ? [] : [at]));
    const [at] = different;
    if (at !== undefined && different.length === 1) {
      const near = editDistance(wanted[at] ?? '', given[at] ?? '', 2) <= 2;
      if (near || at > 0 || wanted.length > 2) return `the rule is for ${name}: one label differs from ${asked}`;
    }
  }
  return editDistance(name, asked, 2) <= 2 ? `the rule is for ${name}, which is almost ${asked}` : undefined;
}

function explainWildcard(host: VirtualHost, asked: string, answered: VirtualHost | undefined): string | undefined {
  const suffix = host.host.slice(1);
  if (asked === suffix.slice(1)) return `${host.host} needs a label before ${asked}`;
  if (!asked.endsWith(suffix)) return undefined;
  const labels = asked.slice(0, -suffix.length).split('.').length;
  if (host.wildcard === 'one-label' && labels > 1)
    return `${host.host} covers one label only, ${asked} has ${labels} before it`;
  return answered === undefined || answered === host
    ? undefined
    : `${describeHost(answered)} is more specific than ${host.host}, and a request stays with its host`;
}

function describeHost(host: VirtualHost): string {
  return host.host === '' ? 'the host-less rule' : `host ${host.host}`;
}
