import { displayId, idOf } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { hasField, readObject, readObjects, readString, readStringMap, readStrings } from '../../model/project/read.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { anyOf, both, isDoubt, type Match } from '../policy/match.ts';
import { type AuthorizationAsk, matchCondition, matchOperation, matchSource } from './istio-match.ts';
import type { MeshAsk, MeshDenial } from './mesh-denial.ts';
import { isIstio, meshProxyOf, principalOf, ROOT_NAMESPACE } from './proxies.ts';

/**
 * Istio's order: CUSTOM first, then a DENY that matches refuses, then, where ALLOW policies select the Pod, one of them
 * must match. Undefined unless the request is surely refused.
 */
export function istioAuthorizationDenial(ask: MeshAsk): MeshDenial | undefined {
  const { model, pod } = ask;
  // Without a proxy of its own nobody asks the policies; ambient Pods' ztunnel knows no paths and methods.
  if (meshProxyOf(pod) !== 'istio') return undefined;
  const policies = model
    .foreign('AuthorizationPolicy')
    .filter((object) => object.apiVersion.startsWith('security.istio.io/') && selects(object, pod));
  const of = (action: string): readonly ForeignObject[] =>
    policies.filter(({ spec }) => (readString(spec as JsonObject, 'action') ?? 'ALLOW') === action);
  const asked = askOf(ask);
  for (const object of of('DENY')) {
    const index = rulesOf(object).findIndex((rule) => matchRule(rule, asked) === true);
    if (index !== -1) return denied(ask, asked, object, index);
  }
  const allow = of('ALLOW');
  if (allow.length === 0) return undefined;
  const match = anyOf(allow, (object) => anyOf(rulesOf(object), (rule) => matchRule(rule, asked)));
  if (match === true || isDoubt(match)) return undefined;
  return notAllowed(ask, asked, allow);
}

/** A selector in the policy's own namespace, or none: then the whole namespace, or the whole mesh from the root one. */
function selects(object: ForeignObject, pod: Pod): boolean {
  const spec = object.spec as JsonObject;
  // Aimed at a gateway or waypoint, not at Pods.
  if (hasField(spec, 'targetRef') || readObjects(spec, 'targetRefs').length > 0) return false;
  const labels = Object.entries(readStringMap(readObject(spec, 'selector'), 'matchLabels'));
  if (object.namespace !== pod.namespace && object.namespace !== ROOT_NAMESPACE) return false;
  return labels.every(([key, value]) => pod.labels[key] === value);
}

function askOf({ model, caller, pod, port, request }: MeshAsk): AuthorizationAsk {
  // Identity comes with mTLS, which takes a proxy at both ends.
  const known = isIstio(meshProxyOf(caller)) && isIstio(meshProxyOf(pod));
  return {
    principal: known ? principalOf(model, caller) : undefined,
    namespace: known ? caller.namespace : undefined,
    serviceAccount: known ? caller.spec.serviceAccount || 'default' : undefined,
    address: caller.ips[0],
    client: undefined,
    port,
    method: request.method,
    path: request.path.replace(/\?.*$/, ''),
    host: request.host,
    headers: request.headers,
  };
}

function rulesOf({ spec }: ForeignObject): readonly JsonObject[] {
  return readObjects(spec as JsonObject, 'rules');
}

function matchRule(rule: JsonObject, ask: AuthorizationAsk): Match {
  return both(
    both(matchFrom(rule, ask), matchTo(rule, ask)),
    allOf(readObjects(rule, 'when'), (item) => matchCondition(item, ask)),
  );
}

function matchFrom(rule: JsonObject, ask: AuthorizationAsk): Match {
  const sources = readObjects(rule, 'from');
  return sources.length === 0 ? true : anyOf(sources, (entry) => matchSource(readObject(entry, 'source'), ask));
}

function matchTo(rule: JsonObject, ask: AuthorizationAsk): Match {
  const operations = readObjects(rule, 'to');
  return operations.length === 0
    ? true
    : anyOf(operations, (entry) => matchOperation(readObject(entry, 'operation'), ask));
}

function allOf(items: readonly JsonObject[], matches: (item: JsonObject) => Match): Match {
  return items.reduce<Match>((match, item) => both(match, matches(item)), true);
}

function whoText({ principal }: AuthorizationAsk, { caller }: MeshAsk): string {
  return principal ?? `${caller.namespace}/${caller.name} (no identity: it has no sidecar)`;
}

function denied(ask: MeshAsk, asked: AuthorizationAsk, object: ForeignObject, index: number): MeshDenial {
  const id = idOf(object);
  const path = `spec.rules[${index}]`;
  const why = `${displayId(id)} denies ${asked.method} ${asked.path} for ${whoText(asked, ask)} by rules[${index}]`;
  return {
    object: id,
    why,
    modes: ['request-refused', 'passed-on'],
    evidence: [
      citeField(object, path, `${path} (DENY) matches ${asked.method} ${asked.path} from ${whoText(asked, ask)}`),
    ],
    remedy: `Leave the gateway out of rules[${index}] of ${displayId(id)}`,
    patches: exemption(id, rulesOf(object)[index], index, asked),
    kind: 'authorization',
  };
}

/** A deny rule that names whom it spares gets one more. */
function exemption(
  object: MeshDenial['object'],
  rule: JsonObject | undefined,
  index: number,
  { principal, namespace }: AuthorizationAsk,
): MeshDenial['patches'] {
  for (const [at, entry] of readObjects(rule ?? {}, 'from').entries()) {
    const source = readObject(entry, 'source');
    for (const [field, value] of [
      ['notPrincipals', principal],
      ['notNamespaces', namespace],
    ] as const) {
      if (readStrings(source, field).length === 0 || value === undefined) continue;
      const path = `/spec/rules/${index}/from/${at}/source/${field}/-`;
      return [{ object, type: 'json', patch: [{ op: 'add', path, value }] }];
    }
  }
  return [];
}

function notAllowed(ask: MeshAsk, asked: AuthorizationAsk, policies: readonly ForeignObject[]): MeshDenial {
  const nearest = nearestRule(policies, asked);
  const [object] = nearest === undefined ? policies : [nearest.object];
  const policy = object as ForeignObject;
  const id = idOf(policy);
  const evidence: Evidence[] =
    nearest === undefined
      ? [citeField(policy, 'spec', 'an ALLOW policy without a rule admits nobody')]
      : [citeField(policy, nearest.path, nearest.text(whoText(asked, ask), asked))];
  return {
    object: id,
    why: `ALLOW policies guard ${ask.pod.namespace}/${ask.pod.name}, and none of them admits ${asked.method} ${asked.path} from ${whoText(asked, ask)}`,
    modes: ['request-refused', 'passed-on'],
    evidence,
    remedy: `Admit ${asked.principal ?? 'the gateway (which needs a sidecar to have an identity)'} in ${displayId(id)}`,
    patches:
      asked.principal === undefined ? [] : [{ object: id, type: 'json', patch: [admission(policy, nearest, asked)] }],
    kind: 'authorization',
  };
}

interface Nearest {
  readonly object: ForeignObject;
  readonly index: number;
  readonly part: 'from' | 'to' | 'rule';
  readonly path: string;
  readonly text: (who: string, ask: AuthorizationAsk) => string;
}

/** The rule of which only one part does not match: the one that was meant to. */
function nearestRule(policies: readonly ForeignObject[], ask: AuthorizationAsk): Nearest | undefined {
  const parts = policies.flatMap((object) =>
    rulesOf(object).map((rule, index) => ({ object, index, rule, from: matchFrom(rule, ask), to: matchTo(rule, ask) })),
  );
  const byTo = parts.find(({ from, to, rule }) => from !== true && to === true && readObjects(rule, 'from').length > 0);
  if (byTo !== undefined)
    return {
      ...byTo,
      part: 'from',
      path: `spec.rules[${byTo.index}].from`,
      text: (who) => `rules[${byTo.index}].from does not name ${who}`,
    };
  const byFrom = parts.find(({ from, to }) => from === true && to !== true);
  if (byFrom !== undefined)
    return {
      ...byFrom,
      part: 'to',
      path: `spec.rules[${byFrom.index}].to`,
      text: (_, { method, path }) => `rules[${byFrom.index}].to does not admit ${method} ${path}`,
    };
  const [first] = parts;
  if (first === undefined) return undefined;
  return {
    ...first,
    part: 'rule',
    path: `spec.rules[${first.index}]`,
    text: (who, { method, path }) => `no rule admits ${method} ${path} from ${who}`,
  };
}

/** One more source or operation where only that is missing, else a rule of its own. */
function admission(object: ForeignObject, nearest: Nearest | undefined, ask: AuthorizationAsk): JsonObject {
  const from: JsonObject = { source: { principals: [ask.principal ?? ''] } };
  const to: JsonObject = { operation: { methods: [ask.method], paths: [ask.path] } };
  if (nearest?.part === 'from') return { op: 'add', path: `/spec/rules/${nearest.index}/from/-`, value: from };
  if (nearest?.part === 'to') return { op: 'add', path: `/spec/rules/${nearest.index}/to/-`, value: to };
  const rule: JsonObject = { from: [from], to: [to] };
  return rulesOf(object).length > 0
    ? { op: 'add', path: '/spec/rules/-', value: rule }
    : { op: 'add', path: '/spec/rules', value: [rule] };
}
