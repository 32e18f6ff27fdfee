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
  if (differsInOneLabel(name, asked)) return `the rule is for ${name}: one label differs from ${asked}`;
  return editDistance(name, asked, 2) <= 2 ? `the rule is for ${name}, which is almost ${asked}` : undefined;
}

/** The first of at most two labels must be nearly the same too: `a.com` and `b.com` have nothing to do with each other. */
function differsInOneLabel(name: string, asked: string): boolean {
  // Every host of a gateway is compared with every request, so that nothing is split before it has to be: when what lies
  // between the common start and the common end holds no dot, it lies within one label of each.
  const shorter = Math.min(name.length, asked.length);
  let start = 0;
  while (start < shorter && name.charCodeAt(start) === asked.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && name.charCodeAt(name.length - 1 - end) === asked.charCodeAt(asked.length - 1 - end))
    end++;
  if (start === name.length && start === asked.length) return false;
  if (hasDot(name, start, name.length - end) || hasDot(asked, start, asked.length - end)) return false;
  if (hasDot(name, 0, start)) return true;
  const wanted = name.split('.');
  return wanted.length > 2 || editDistance(wanted[0] ?? '', asked.split('.')[0] ?? '', 2) <= 2;
}

function hasDot(text: string, from: number, to: number): boolean {
  const dot = text.indexOf('.', from);
  return dot !== -1 && dot < to;
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
