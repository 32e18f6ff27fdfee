import { pointerOf } from '../base/json-pointer.ts';
import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Ingress } from '../model/kinds/ingress.ts';
import type { Rule } from '../routing/route-table.ts';
import type { Json } from '../sources/contract.ts';
import { literalHead } from './path-literal.ts';
import type { Trace } from './trace.ts';
import type { JsonPatch } from './wanted-patch.ts';

/** What the rewrite of a rule should be. */
export type WantedRewrite =
  /** Hand the path on as it came. */
  | { readonly kind: 'none' }
  /** Put something in place of the rule's own path and keep what follows it; '' strips it. */
  | { readonly kind: 'prefix'; readonly by: string };

const ANNOTATION = 'nginx.ingress.kubernetes.io';

/** Changes the rewrite of one rule; undefined where other paths of the same object would change with it, or by another dialect. */
export function rewritePatch(
  model: ClusterModel,
  trace: Trace,
  rule: Rule,
  wanted: WantedRewrite,
): JsonPatch | undefined {
  const { kind } = splitId(rule.object);
  if (kind === 'Ingress' && trace.gateway?.dialect === 'ingress-nginx') return annotate(model, rule, wanted);
  return kind === 'HTTPRoute' ? filter(rule, wanted) : undefined;
}

/** rewrite-target holds for every path of an Ingress, and captures need the path to be an expression. */
function annotate(model: ClusterModel, rule: Rule, wanted: WantedRewrite): JsonPatch | undefined {
  const ingress = model.object(rule.object) as Ingress | undefined;
  const entry = pointerOf(rule.field);
  const paths = ingress?.rules.flatMap(({ paths }) => paths ?? []) ?? [];
  if (ingress === undefined || entry === undefined || paths.length !== 1) return undefined;
  const key = (name: string): string => `/metadata/annotations/${`${ANNOTATION}/${name}`.replaceAll('/', '~1')}`;
  if (wanted.kind === 'none') {
    const target = `${ANNOTATION}/rewrite-target`;
    if (!Object.hasOwn(ingress.annotations, target)) return undefined;
    return { object: rule.object, type: 'json', patch: [{ op: 'remove', path: key('rewrite-target') }] };
  }
  const patch: Json[] = [
    { op: 'replace', path: `${entry}/path`, value: `${literalHead(rule.match.path)}(/|$)(.*)` },
    { op: 'replace', path: `${entry}/pathType`, value: 'ImplementationSpecific' },
    ...(Object.keys(ingress.annotations).length === 0 ? [{ op: 'add', path: '/metadata/annotations', value: {} }] : []),
    { op: 'add', path: key('use-regex'), value: 'true' },
    { op: 'add', path: key('rewrite-target'), value: `${wanted.by}/$2` },
  ];
  return { object: rule.object, type: 'json', patch };
}

/** An HTTPRoute's filters belong to the rule that holds the match. */
function filter(rule: Rule, wanted: WantedRewrite): JsonPatch | undefined {
  const pointer = pointerOf(rule.field)?.replace(/\/matches\/\d+$/, '');
  const from = rule.action.kind === 'backends' ? rule.action.rewrite.from : undefined;
  const known = from?.kind === 'field' ? pointerOf(from.path.replace(/\.urlRewrite$/, '')) : undefined;
  if (pointer === undefined) return undefined;
  if (wanted.kind === 'none')
    return known === undefined
      ? undefined
      : { object: rule.object, type: 'json', patch: [{ op: 'remove', path: known }] };
  const value = {
    type: 'URLRewrite',
    urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: wanted.by || '/' } },
  };
  const op: Json =
    known === undefined
      ? { op: 'add', path: `${pointer}/filters`, value: [value] }
      : { op: 'replace', path: known, value };
  return { object: rule.object, type: 'json', patch: [op] };
}
