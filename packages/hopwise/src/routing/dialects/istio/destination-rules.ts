import { idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import type { Labels } from '../../../model/meta.ts';
import {
  isObject,
  readNumber,
  readObject,
  readOptionalObject,
  readString,
  readStringMap,
  readStrings,
} from '../../../model/project/read.ts';
import type { Json, JsonObject } from '../../../sources/contract.ts';
import type { SettingOrigin } from '../../route-table.ts';
import { coversHost, resolveHost } from './names.ts';
import { listIstio, namespaceOf, readIndexed, specOf } from './objects.ts';

export interface DestinationRule {
  readonly object: ForeignObject;
  readonly namespace: string;
  readonly host: string;
  readonly exportTo: readonly string[];
  readonly policy: JsonObject;
  readonly subsets: readonly {
    readonly name: string;
    readonly labels: Labels;
    readonly policy: JsonObject;
    readonly field: string;
  }[];
}

export function readDestinationRules(model: ClusterModel): readonly DestinationRule[] {
  return listIstio(model, 'DestinationRule').map((object) => {
    const spec = specOf(object);
    const namespace = namespaceOf(object);
    return {
      object,
      namespace,
      host: resolveHost(readString(spec, 'host') ?? '', namespace),
      exportTo: readStrings(spec, 'exportTo'),
      policy: readObject(spec, 'trafficPolicy'),
      subsets: readIndexed(spec, 'subsets', 'spec').map(([raw, field]) => ({
        name: readString(raw, 'name') ?? '',
        labels: readStringMap(raw, 'labels'),
        policy: readObject(raw, 'trafficPolicy'),
        field,
      })),
    };
  });
}

/**
 * The rule for a host: looked for in the caller's namespace, then the Service's, then the root namespace; the most specific
 * host first, and of two the older one, with the subsets of both (pilot/pkg/model/push_context.go destinationRule).
 */
export function findDestinationRules(
  rules: readonly DestinationRule[],
  host: string,
  caller: string,
  service: string | undefined,
): readonly DestinationRule[] {
  for (const namespace of [caller, service, ROOT_NAMESPACE]) {
    const fitting = rules.filter(
      (rule) => rule.namespace === namespace && coversHost(rule.host, host) && isVisible(rule, caller),
    );
    const longest = Math.max(...fitting.map((rule) => specificity(rule.host)));
    if (fitting.length > 0) return fitting.filter((rule) => specificity(rule.host) === longest);
  }
  return [];
}

const ROOT_NAMESPACE = 'istio-system';

function specificity(host: string): number {
  return host.startsWith('*') ? host.length : host.length + 1000;
}

function isVisible({ exportTo, namespace }: DestinationRule, caller: string): boolean {
  if (exportTo.length === 0) return true;
  return exportTo.some((to) => to === '*' || to === caller || (to === '.' && caller === namespace));
}

/** A field of a traffic policy, and where it was found. */
export interface PolicyField {
  readonly value: Json;
  readonly from: SettingOrigin;
}

/**
 * A part of the effective policy (`connectionPool`, `tls`, `outlierDetection`): the subset's over the rule's, each with its
 * port-level settings over the rest. Port-level settings replace the part as a whole (destination_rule.proto).
 */
export function findPolicy(
  rule: DestinationRule,
  subset: string | undefined,
  port: number | undefined,
  part: string,
): { readonly raw: JsonObject; readonly at: (path: string) => SettingOrigin } | undefined {
  const own = subset === undefined ? undefined : rule.subsets.find(({ name }) => name === subset);
  const levels = [
    ...(own === undefined ? [] : [{ policy: own.policy, field: `${own.field}.trafficPolicy` }]),
    { policy: rule.policy, field: 'spec.trafficPolicy' },
  ];
  for (const { policy, field } of levels) {
    for (const [level, path] of readIndexed(policy, 'portLevelSettings', field)) {
      if (readNumber(readObject(level, 'port'), 'number') !== port) continue;
      const raw = readOptionalObject(level, part);
      if (raw !== undefined) return { raw, at: (tail) => origin(rule, `${path}.${part}.${tail}`) };
    }
    const raw = readOptionalObject(policy, part);
    if (raw !== undefined) return { raw, at: (tail) => origin(rule, `${field}.${part}.${tail}`) };
  }
  return undefined;
}

function origin(rule: DestinationRule, path: string): SettingOrigin {
  return { kind: 'field', object: idOf(rule.object), path };
}

/** A value deep inside a policy, by its keys. */
export function readDeep(raw: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = raw;
  for (const key of path.split('.')) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
