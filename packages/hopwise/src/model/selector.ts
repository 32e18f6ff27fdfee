import type { Labels, Selector } from './meta.ts';

/** metav1.LabelSelector semantics; an empty selector matches everything. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => {
    const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    switch (requirement.operator) {
      case 'In':
        return value !== undefined && requirement.values.includes(value);
      // NotIn also matches objects without the key (apimachinery labels.Requirement.Matches).
      case 'NotIn':
        return value === undefined || !requirement.values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
}

export function selectorOf(labels: Labels): Selector {
  return {
    requirements: Object.entries(labels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
  };
}
