import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { DnsAnswer } from './dns/resolve.ts';
import { workloadOf } from './path-queries.ts';

/** What a name under a headless Service lacks: `db.shop.svc` an endpoint, `db-0.db.shop.svc` a Pod of that name. */
export type HeadlessGap =
  | { readonly kind: 'no-endpoints'; readonly service: Service }
  | { readonly kind: 'no-such-pod'; readonly service: Service; readonly label: string }
  | { readonly kind: 'not-ready'; readonly service: Service; readonly pod: Pod }
  /** The Pod is there, but its subdomain is not the Service: it has no name under it. */
  | { readonly kind: 'other-subdomain'; readonly service: Service; readonly pod: Pod };

/** Undefined when the name is no name under a headless Service. */
export function headlessGap(model: ClusterModel, asked: string, answer: DnsAnswer): HeadlessGap | undefined {
  if (answer.state !== 'nxdomain' || answer.aliases.length > 0) return undefined;
  const { service } = answer;
  if (service?.headless !== true) return undefined;
  const [label = ''] = asked.split('.');
  if (label === service.name && !asked.startsWith(`${label}.${label}.`)) return { kind: 'no-endpoints', service };
  const pod = model.get('Pod', service.namespace, label);
  if (pod.state !== 'found') return { kind: 'no-such-pod', service, label };
  return pod.value.ready || !pod.value.hasStatus
    ? { kind: 'other-subdomain', service, pod: pod.value }
    : { kind: 'not-ready', service, pod: pod.value };
}

/** The workload whose Pods have no names under the Service, with the field that says so. */
export function blameSubdomain(
  model: ClusterModel,
  service: Service,
  pod: Pod,
): { readonly object: ObjectId; readonly why: string; readonly evidence: Evidence } {
  const workload = workloadOf(model, pod);
  const owner = workload ?? pod;
  const has = workload?.serviceName ?? pod.spec.subdomain;
  const path =
    workload?.kind === 'StatefulSet'
      ? 'spec.serviceName'
      : workload === undefined
        ? 'spec.subdomain'
        : 'spec.template.spec.subdomain';
  const text = has === undefined || has === '' ? 'is not set' : `is ${has}`;
  return {
    object: idOf(owner),
    why: `the subdomain of Pod ${pod.name} ${has === undefined || has === '' ? 'is empty' : `is ${has}`}, not ${service.name}`,
    evidence: citeField(owner, path, `${path.split('.').at(-1)} ${text}`, has ?? ''),
  };
}
