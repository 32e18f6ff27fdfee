import { displayId, idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { JsonObject } from '../sources/contract.ts';
import { type DnsSetup, dnsSetupOf } from './dns/dns-setup.ts';
import { readMeaning, suggestNames } from './dns/near-names.ts';
import { type DnsAnswer, resolveInCluster } from './dns/resolve.ts';
import { resolverConfigOf } from './dns/search-path.ts';
import type { LookupFailure } from './lookup-failures.ts';
import { workloadOf } from './path-queries.ts';
import { headlessGap } from './pod-names.ts';

/** Why a name that a Pod asked for does not exist. */
export interface NameFault {
  readonly why: string;
  /** The model itself knows that there is no such name; false when only a log line says so. */
  readonly known: boolean;
  /** The name to use instead, written like the one that was asked for. */
  readonly meant: string | undefined;
  /** The fault is not the name but who is asked for it: the workload whose dnsPolicy is to change. */
  readonly asker?: { readonly object: ObjectId; readonly evidence: Evidence; readonly policy: string };
}

/** Undefined when the name exists, or when nobody can tell. */
export function judgeName(model: ClusterModel, name: string, pod: Pod, said: LookupFailure): NameFault | undefined {
  const setup = dnsSetupOf(model);
  const answer = resolveInCluster(model, name, pod);
  switch (answer.state) {
    case 'nxdomain': {
      // A headless Service without ready Pods has no address; what is missing then is the Pods, not the name.
      const gap = headlessGap(model, name, answer);
      if (gap !== undefined && gap.kind !== 'no-such-pod') return undefined;
      return { why: answer.why, known: true, meant: meantBy(model, setup, name, pod.namespace, answer) };
    }
    case 'service':
    case 'pod':
      return said.asIs ? judgeAsIs(model, setup, name, pod) : undefined;
    case 'unknown':
      return said.answer === 'no-such-name' ? judgeResolver(model, setup, name, pod) : undefined;
    case 'external':
      return said.answer === 'no-such-name' && answer.addresses.length === 0
        ? judgeOutside(model, setup, name, pod.namespace)
        : undefined;
  }
}

/** DNS outside was asked and has no such name; one that is nearly a cluster name was meant for the cluster. */
export function judgeOutside(model: ClusterModel, setup: DnsSetup, name: string, home: string): NameFault {
  const [first] = suggestNames(model, name, home, setup.domain);
  const near = name.split('.').length <= 2 && first !== undefined && first.likeness !== 'part' ? first : undefined;
  return {
    why: `${name} is no name of this cluster, and DNS outside has none either`,
    known: near !== undefined,
    meant: near === undefined ? undefined : likeAsked(name, near.name, home, setup.domain, model),
  };
}

/** NGINX's resolver sends names as they are written: only a complete one exists. */
function judgeAsIs(model: ClusterModel, setup: DnsSetup, name: string, pod: Pod): NameFault | undefined {
  const literal = resolveInCluster(model, `${name}.`, pod);
  if (literal.state === 'service' || literal.state === 'pod') return undefined;
  const { service, namespace } = readMeaning(name, pod.namespace, setup.domain);
  return {
    why: `NGINX's resolver applies no search path: ${name} alone is not a name`,
    known: true,
    meant: `${service}.${namespace}.svc.${setup.domain}`,
  };
}

/** A name of the cluster that exists, asked from somebody who cannot know it. */
function judgeResolver(model: ClusterModel, setup: DnsSetup, name: string, pod: Pod): NameFault | undefined {
  const config = resolverConfigOf(model, setup, pod);
  if (config.server === 'cluster') return undefined;
  const ordinary = resolveInCluster(model, name, { namespace: pod.namespace });
  if (ordinary.state !== 'service' && ordinary.state !== 'pod') return undefined;
  const workload = workloadOf(model, pod);
  const owner = workload ?? pod;
  const path = workload === undefined ? 'spec.dnsPolicy' : 'spec.template.spec.dnsPolicy';
  return {
    why: `${config.why}, which does not know names of the cluster`,
    known: true,
    meant: undefined,
    asker: {
      object: idOf(owner),
      evidence: citeField(
        owner,
        path,
        `dnsPolicy of ${displayId(idOf(owner))} is ${pod.spec.dnsPolicy}`,
        pod.spec.dnsPolicy,
      ),
      policy: pod.spec.hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst',
    },
  };
}

/** The likeliest of the names that exist, where more than a common part speaks for it. */
export function meantBy(
  model: ClusterModel,
  setup: DnsSetup,
  asked: string,
  home: string,
  answer: Extract<DnsAnswer, { state: 'nxdomain' }>,
): string | undefined {
  const [first, second] = answer.suggestions;
  if (first === undefined) return undefined;
  // A name that is a part of another counts only when there is no other such name.
  if (first.likeness === 'part' && second !== undefined) return undefined;
  return likeAsked(asked, first.name, home, setup.domain, model);
}

/** `cart.shop.svc.cluster.local` written as short as the asked name was. */
function likeAsked(asked: string, full: string, home: string, domain: string, model: ClusterModel): string {
  const [service = '', namespace = ''] = full.split('.');
  const plain = asked.replace(/\.$/, '');
  const labels = plain.split('.');
  if (labels.length === 1) return namespace === home ? service : `${service}.${namespace}`;
  if (plain.endsWith(`.${domain}`) || (labels.includes('svc') && labels.indexOf('svc') < labels.length - 1))
    return full;
  if (labels.at(-1) === 'svc') return `${service}.${namespace}.svc`;
  return model.namespaces().includes(namespace) ? `${service}.${namespace}` : full;
}

/** RFC 7386 for the Pods' own resolver. */
export function dnsPolicyPatch(object: ObjectId, policy: string): JsonObject {
  const spec = { dnsPolicy: policy };
  return object.startsWith('Pod/') ? { spec } : { spec: { template: { spec } } };
}
