import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { NamespaceFilter } from '../../../model/kinds/gateway-api.ts';
import type { Labels, Selector } from '../../../model/meta.ts';
import { selects } from '../../../model/selector.ts';

export type Admission =
  | { readonly state: 'yes' }
  | { readonly state: 'no'; readonly why: string }
  | { readonly state: 'unknown'; readonly why: string };

/** The label that the API server keeps on every namespace (KEP-2161), whether or not a manifest writes it. */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** May something from `namespace` attach to an object of namespace `home`? */
export function admitsNamespace(
  model: ClusterModel,
  filter: NamespaceFilter,
  home: string,
  namespace: string,
): Admission {
  switch (filter.from) {
    case 'All':
      return { state: 'yes' };
    case 'None':
      return { state: 'no', why: 'no namespace is allowed' };
    case 'Same':
      return namespace === home
        ? { state: 'yes' }
        : { state: 'no', why: `only namespace ${home} is allowed (from: Same), not ${namespace}` };
    case 'Selector':
      return admitsLabels(model, filter.selector, namespace);
  }
}

function admitsLabels(model: ClusterModel, selector: Selector | undefined, namespace: string): Admission {
  // apis/v1/gateway_types.go RouteNamespaces.Selector: required with from: Selector.
  if (selector === undefined) return { state: 'no', why: 'from: Selector has no selector, so no namespace is allowed' };
  const implied: Labels = { [NAME_LABEL]: namespace };
  const byNameOnly = selector.requirements.every(({ key }) => key === NAME_LABEL);
  const labels = byNameOnly ? undefined : model.namespaceLabels(namespace);
  if (labels?.state === 'unknown') {
    return { state: 'unknown', why: `the labels of namespace ${namespace} are not known: ${labels.why}` };
  }
  const known = labels?.state === 'found' ? { ...labels.value, ...implied } : implied;
  return selects(selector, known)
    ? { state: 'yes' }
    : {
        state: 'no',
        why: `the labels of namespace ${namespace} do not match the selector (${formatSelector(selector)})`,
      };
}

/** `team=web, tier in (a, b)`, as kubectl writes selectors. */
export function formatSelector(selector: Selector): string {
  return selector.requirements
    .map(({ key, operator, values }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      if (operator === 'In' && values.length === 1) return `${key}=${values[0] ?? ''}`;
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(', ')})`;
    })
    .join(', ');
}
