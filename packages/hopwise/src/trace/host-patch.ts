import { type ObjectId, splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Ingress } from '../model/kinds/ingress.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import type { JsonPatch } from './wanted-patch.ts';

const ROUTES_WITH_HOSTNAMES: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute']);

/**
 * Lets a route serve a host besides the one it serves like it, so that whoever uses the old name is not cut off. Undefined
 * where the host is not a plain field of the object (an alias annotation).
 */
export function serveHostToo(
  model: ClusterModel,
  object: ObjectId,
  like: string,
  host: string,
  tls: boolean,
): JsonPatch | undefined {
  const { kind } = splitId(object);
  const meta = model.object(object);
  if (meta === undefined) return undefined;
  if (ROUTES_WITH_HOSTNAMES.has(kind))
    return { object, type: 'json', patch: [{ op: 'add', path: '/spec/hostnames/-', value: host }] };
  if (kind !== 'Ingress') return undefined;
  const ingress = meta as Ingress;
  const at = ingress.rules.findIndex((rule) => rule.host?.toLowerCase() === like);
  const rule = ruleOf(model.raw(object), at);
  if (rule === undefined) return undefined;
  const patch: Json[] = [{ op: 'add', path: '/spec/rules/-', value: { ...rule, host } }];
  const entry = ingress.tls.findIndex(({ hosts }) => hosts.some((name) => name.toLowerCase() === like));
  if (tls && entry >= 0) patch.push({ op: 'add', path: `/spec/tls/${entry}/hosts/-`, value: host });
  return { object, type: 'json', patch };
}

function ruleOf(raw: JsonObject | undefined, at: number): JsonObject | undefined {
  const spec = raw?.spec as JsonObject | undefined;
  const rules = Array.isArray(spec?.rules) ? (spec.rules as readonly Json[]) : [];
  const rule = at < 0 ? undefined : rules[at];
  return typeof rule === 'object' && rule !== null && !Array.isArray(rule) ? (rule as JsonObject) : undefined;
}

/** Field path of the place that declares a host. */
export function hostField(model: ClusterModel, object: ObjectId, host: string): string {
  const meta = model.object(object);
  if (meta?.kind === 'Ingress') {
    const at = (meta as Ingress).rules.findIndex((rule) => rule.host?.toLowerCase() === host);
    return at < 0 ? 'metadata.annotations' : `spec.rules[${at}].host`;
  }
  if (meta?.apiVersion.startsWith('gateway.solo.io/') === true) return 'spec.virtualHost.domains';
  if (meta?.kind === 'Gateway')
    return meta.apiVersion.startsWith('networking.istio.io/') ? 'spec.servers' : 'spec.listeners';
  return meta !== undefined && ROUTES_WITH_HOSTNAMES.has(meta.kind) ? 'spec.hostnames' : 'spec.hosts';
}
