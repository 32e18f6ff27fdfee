import { load } from 'js-yaml';
import { ModelBuilder } from '../../../model/builder.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import type { CoverageState } from '../../../sources/coverage.ts';
import type { FlowEnd, FlowVerdict } from '../flow.ts';
import { judgeFlow } from '../judge.ts';

/** A model of a few objects; `covered` states what was read of a kind. */
export function modelOf(
  objects: readonly JsonObject[],
  covered: Readonly<Record<string, CoverageState>> = {},
): ClusterModel {
  const builder = new ModelBuilder();
  for (const raw of objects) builder.add(raw, { file: 'cluster.yaml' });
  for (const [kind, state] of Object.entries(covered)) builder.cover({ kind, state, reason: `${kind} is ${state}` });
  return builder.build();
}

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: name, labels } };
}

/** `spec` and `status` are YAML that is laid over a running Pod on worker-1. */
export function pod(
  id: string,
  labels: Readonly<Record<string, string>>,
  ip: string,
  spec = '',
  status = '',
): JsonObject {
  return object('v1', 'Pod', id, {
    labels,
    spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'app' }], ...read(spec) },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], ...read(status) },
  });
}

export function node(name: string, address: string, annotations: Readonly<Record<string, string>> = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, annotations, labels: { 'kubernetes.io/hostname': name } },
    spec: {},
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
}

export function policy(id: string, spec: string): JsonObject {
  return object('networking.k8s.io/v1', 'NetworkPolicy', id, { spec: read(spec) });
}

/** Any object of a YAML spec; `id` is `namespace/name`, or `/name` for cluster-wide kinds. */
export function object(apiVersion: string, kind: string, id: string, rest: JsonObject | string): JsonObject {
  const [ns = '', name = ''] = id.split('/');
  const { labels, ...body } =
    typeof rest === 'string' ? { labels: undefined, spec: read(rest) } : { labels: undefined, ...rest };
  return {
    apiVersion,
    kind,
    metadata: {
      ...(ns === '' ? {} : { namespace: ns }),
      name,
      uid: `${kind}/${id}`,
      ...(labels === undefined ? {} : { labels }),
    },
    ...body,
  };
}

export function endOf(model: ClusterModel, id: string): FlowEnd {
  const [ns = '', name = ''] = id.split('/');
  const found = model.get('Pod', ns, name);
  if (found.state !== 'found') throw new Error(`no Pod ${id}`);
  return { kind: 'pod', pod: found.value };
}

/** Ends are Pods as `namespace/name` or anything else as it is. */
export function ask(
  model: ClusterModel,
  from: string | FlowEnd,
  to: string | FlowEnd,
  port = 80,
  protocol: 'TCP' | 'UDP' | 'SCTP' = 'TCP',
): FlowVerdict {
  const end = (value: string | FlowEnd): FlowEnd => (typeof value === 'string' ? endOf(model, value) : value);
  return judgeFlow(model, { from: end(from), to: end(to), port, protocol });
}

function read(yaml: string): JsonObject {
  return yaml === '' ? {} : (load(yaml) as JsonObject);
}
