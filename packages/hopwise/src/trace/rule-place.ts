import type { Rule } from '../routing/route-table.ts';

/** Field path of the path that a rule matches, in the rule's own object: where each dialect writes it. */
export function pathPlace(rule: Rule): string {
  return rule.pathAt ?? `${rule.field}.path`;
}

/** Field path of the list that holds an object's rules, told by one of them: `spec.rules`, `spec.http`. */
export function rulesPlace(rule: Rule | undefined): string {
  return rule === undefined ? 'spec' : rule.field.replace(/\[.*$/, '');
}
