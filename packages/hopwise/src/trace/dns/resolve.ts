import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { DnsAnswer, DnsAnswerKind, DnsCaller, Tried } from './answer.ts';
import { isPod } from './answer.ts';
import { inZone } from './corefile.ts';
import { type DnsSetup, dnsSetupOf } from './dns-setup.ts';
import { lookupName, type NameResult } from './lookup-name.ts';
import { NO_SUCH_NAME } from './name-records.ts';
import { readMeaning, suggestNames } from './near-names.ts';
import { candidatesOf, resolverConfigOf } from './search-path.ts';

export type { DnsAnswer, DnsCaller, Tried } from './answer.ts';

/** What a Pod gets for a name: /etc/hosts, then its search path, then what cluster DNS has. */
export function resolveInCluster(model: ClusterModel, name: string, caller: DnsCaller): DnsAnswer {
  const setup = dnsSetupOf(model);
  const asked = name.toLowerCase();
  const alias = isPod(caller) ? hostAliasOf(caller, asked) : undefined;
  if (alias !== undefined) return finish(ownerOf(model, alias, asked), [{ name: asked, result: 'found' }], []);
  const config = resolverConfigOf(model, setup, caller);
  if (config.server !== 'cluster') return outside(asked, setup, config.why);
  return tryAll(model, setup, asked, caller.namespace, candidatesOf(asked, config));
}

/** What cluster DNS answers for an ExternalName Service: a CNAME, to which no search path applies. */
export function resolveExternalName(model: ClusterModel, service: Service): DnsAnswer {
  const setup = dnsSetupOf(model);
  const name = `${service.name}.${service.namespace}.svc.${setup.domain}`;
  return tryAll(model, setup, service.externalName ?? '', service.namespace, [name]);
}

function tryAll(
  model: ClusterModel,
  setup: DnsSetup,
  asked: string,
  home: string,
  candidates: readonly string[],
): DnsAnswer {
  const tried: Tried[] = [];
  let missing: Missing | undefined;
  let open: { readonly result: DnsAnswerKind; readonly aliases: readonly Service[] } | undefined;
  for (const candidate of candidates) {
    const result = lookupName(model, setup, candidate);
    const { aliases } = result;
    const meant = aliases.length > 0 ? result.name : asked;
    const answer: NameResult | DnsAnswerKind =
      result.state === 'external' && result.addresses.length === 0
        ? (judgeOutside(model, setup, meant, home, result.name) ?? result)
        : result;
    tried.push({
      name: candidate,
      result: answer.state === 'service' || answer.state === 'pod' ? 'found' : answer.state,
    });
    if (answer.state === 'nxdomain') {
      // An own Service says more than a name that can only be a cluster one, and that more than the rest of a search path.
      const weight = answer.service !== undefined || aliases.length > 0 ? 2 : result.state === 'external' ? 1 : 0;
      if (missing === undefined || weight > missing.weight) missing = { weight, meant, answer, aliases };
    } else if (answer.state === 'unknown' && result.state === 'external') {
      // The outside is asked before a later name of the search path: that one still counts when it exists.
      open ??= { result: answer, aliases };
    } else return finish(answer, tried, aliases);
  }
  if (open !== undefined) return finish(open.result, tried, open.aliases);
  if (missing === undefined) return finish({ state: 'unknown', why: 'there is no name to ask for' }, tried, []);
  return finish(describeMissing(model, setup, home, missing), tried, missing.aliases);
}

interface Missing {
  readonly weight: number;
  readonly meant: string;
  readonly answer: Extract<NameResult | DnsAnswerKind, { state: 'nxdomain' }>;
  readonly aliases: readonly Service[];
}

function describeMissing(model: ClusterModel, setup: DnsSetup, home: string, missing: Missing): DnsAnswerKind {
  const { meant, answer } = missing;
  const alias = missing.aliases.at(-1);
  const service = answer.service ?? alias;
  const reason = whyMissing(model, setup, meant, home, answer.why);
  return {
    state: 'nxdomain',
    why:
      alias === undefined
        ? reason
        : `Service ${alias.namespace}/${alias.name} is an ExternalName for ${alias.externalName}: ${reason}`,
    suggestions: suggestNames(model, meant, home, setup.domain),
    ...(service === undefined ? {} : { service }),
  };
}

/** Says what is not there: of a search path's many names only the one that was meant tells anything. */
function whyMissing(model: ClusterModel, setup: DnsSetup, meant: string, home: string, why: string): string {
  if (why !== NO_SUCH_NAME) return why;
  const { service, namespace } = readMeaning(meant, home, setup.domain);
  if (!model.namespaces().includes(namespace)) return `there is no namespace ${namespace} with a Service ${service}`;
  return model.get('Service', namespace, service).state === 'absent'
    ? `no Service ${service} is in namespace ${namespace}`
    : why;
}

/**
 * A name that goes out of the cluster: names that can only have been meant for the cluster do not exist out there, and
 * of names that may be either nobody knows. Undefined for plain outside names.
 */
function judgeOutside(
  model: ClusterModel,
  setup: DnsSetup,
  asked: string,
  home: string,
  name: string,
): DnsAnswerKind | undefined {
  const suggestions = suggestNames(model, asked, home, setup.domain);
  const labels = name.split('.');
  if (labels.length === 1) return { state: 'nxdomain', why: `no Service ${name} is in namespace ${home}`, suggestions };
  const svc = labels.indexOf('svc');
  if (svc >= 1 && !inZone(name, setup.domain)) {
    if (labels[svc + 1] === 'clusterset') {
      return { state: 'unknown', why: 'names of clusterset.local are served by a multi-cluster controller' };
    }
    const rest = labels.slice(svc + 1).join('.');
    const { service, namespace } = readMeaning(name, home, setup.domain);
    const why =
      rest === ''
        ? `no Service ${service} is in namespace ${namespace}`
        : `the cluster domain is ${setup.domain}, not ${rest}`;
    return { state: 'nxdomain', why, suggestions };
  }
  if (labels.length === 2 && model.namespaces().includes(labels[1] ?? '')) {
    const why = `no Service ${labels[0]} is in namespace ${labels[1]}`;
    // Namespaces are often called like top-level domains (shop, dev): only a name that is nearly a Service's proves itself.
    return suggestions.some(({ likeness }) => likeness !== 'part')
      ? { state: 'nxdomain', why, suggestions }
      : { state: 'unknown', why: `${why}; outside the cluster ${name} may exist` };
  }
  return undefined;
}

/** A resolver outside the cluster knows no cluster names, unless somebody made it forward them. */
function outside(asked: string, setup: DnsSetup, why: string): DnsAnswer {
  const plain = asked.replace(/\.$/, '');
  const clusterLike = !plain.includes('.') || inZone(plain, setup.domain) || /\.svc(?:\.|$)/.test(plain);
  if (!clusterLike)
    return finish({ state: 'external', name: plain, addresses: [] }, [{ name: plain, result: 'external' }], []);
  return finish({ state: 'unknown', why }, [{ name: plain, result: 'unknown' }], []);
}

function hostAliasOf(pod: Pod, name: string): string | undefined {
  return pod.spec.hostAliases.find((alias) => alias.hostnames.some((entry) => entry.toLowerCase() === name))?.ip;
}

function ownerOf(model: ClusterModel, address: string, name: string): DnsAnswerKind {
  const service = model.serviceByIP(address);
  if (service.state === 'found') return { state: 'service', service: service.value, addresses: [address], name };
  const pod = model.podByIP(address);
  if (pod.state === 'found') return { state: 'pod', pod: pod.value, addresses: [address], name };
  return { state: 'external', name, addresses: [address] };
}

function finish(result: NameResult | DnsAnswerKind, tried: readonly Tried[], aliases: readonly Service[]): DnsAnswer {
  return { ...result, tried, aliases } as DnsAnswer;
}
