import type { Requirement, Selector } from '../../model/meta.ts';

/** A selector as kubectl writes it; `{}` selects everything. */
export function selectorText(selector: Selector | undefined): string {
  if (selector === undefined || selector.requirements.length === 0) return '{}';
  return selector.requirements.map(requirementText).join(',');
}

function requirementText({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
