import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { Labels, Selector } from '../../model/meta.ts';
import { formerTemplates } from '../lifecycle/former-template.ts';
import type { LabelDrift, Meant } from './meant-workload.ts';
import { podMakers } from './pod-makers.ts';

/** Which of the two was changed away from the other, with what speaks for it. */
export interface DriftVerdict {
  readonly side: 'service' | 'workload';
  readonly evidence: readonly Evidence[];
}

interface Vote {
  readonly side: 'service' | 'workload';
  readonly weight: number;
  readonly evidence?: Evidence;
}

/**
 * A Service and the Pods it was written for disagree about labels: whoever agrees with everything else that names those
 * labels (the workload's own labels, its earlier revisions, other selectors, the naming of the neighbours) is right. When
 * nothing decides, the Service is the one to change: a Deployment's selector is immutable, a Service's is not.
 */
export function judgeDrift(model: ClusterModel, service: Service, meant: Meant): DriftVerdict {
  const votes = meant.drift.flatMap((drift) => votesOn(model, service, meant, drift));
  const sum = (side: Vote['side']): number =>
    votes.reduce((total, vote) => (vote.side === side ? total + vote.weight : total), 0);
  const side = sum('workload') > sum('service') ? 'workload' : 'service';
  const evidence = votes.flatMap((vote) => (vote.side === side && vote.evidence !== undefined ? [vote.evidence] : []));
  return { side, evidence: evidence.slice(0, 3) };
}

function votesOn(model: ClusterModel, service: Service, meant: Meant, drift: LabelDrift): readonly Vote[] {
  const { key, wanted, actual } = drift;
  const { maker } = meant;
  const votes: Vote[] = [];
  const compare = (value: string | undefined, weight: number, evidence?: Evidence): void => {
    if (value === undefined) return;
    if (value === wanted) votes.push({ side: 'workload', weight, ...(evidence === undefined ? {} : { evidence }) });
    else if (value === actual) votes.push({ side: 'service', weight, ...(evidence === undefined ? {} : { evidence }) });
  };
  compare(
    own(service.labels, key),
    1,
    citeField(service, `metadata.labels["${key}"]`, `the Service's own label ${key}`, own(service.labels, key)),
  );
  const label = own(maker.meta.labels, key);
  compare(label, 2, citeField(maker.meta, `metadata.labels["${key}"]`, `the workload's own label ${key}`, label));
  if (maker.workload !== undefined) {
    // A selector that agrees with the template says nothing: the API server insists on it.
    const required = requiredValue(maker.workload.selector, key);
    if (required === wanted)
      votes.push({
        side: 'workload',
        weight: 3,
        evidence: citeField(
          maker.meta,
          'spec.selector',
          `its selector asks for ${key}=${wanted}, its template has another value`,
        ),
      });
    for (const { revision, replicaSet } of formerTemplates(model, maker.workload).slice(0, 3)) {
      const former = own(replicaSet.template.labels, key);
      compare(
        former,
        former === wanted ? 3 : 1,
        citeField(replicaSet, 'spec.template.metadata.labels', `revision ${revision} had ${key}=${former}`, former),
      );
    }
  }
  votes.push(...selectorVotes(model, service, meant, drift), ...namingVotes(model, meant, drift));
  return votes;
}

/** Other Services, disruption budgets and policies that name the same key were written for the same Pods. */
function selectorVotes(model: ClusterModel, service: Service, meant: Meant, drift: LabelDrift): readonly Vote[] {
  const { namespace } = service;
  const selectors: { readonly values: (key: string) => string | undefined; readonly about: string }[] = [
    ...model
      .listIn('Service', namespace)
      .filter((other) => other.name !== service.name && other.selector !== undefined)
      .map((other) => ({ values: (key: string) => own(other.selector ?? {}, key), about: `Service ${other.name}` })),
    ...model.listIn('PodDisruptionBudget', namespace).map((budget) => ({
      values: (key: string) => (budget.selector === undefined ? undefined : requiredValue(budget.selector, key)),
      about: `PodDisruptionBudget ${budget.name}`,
    })),
    ...model.listIn('NetworkPolicy', namespace).map((policy) => ({
      values: (key: string) => requiredValue(policy.podSelector, key),
      about: `NetworkPolicy ${policy.name}`,
    })),
  ];
  return selectors.flatMap(({ values, about }): readonly Vote[] => {
    const value = values(drift.key);
    const side =
      value === undefined
        ? undefined
        : value === drift.wanted
          ? 'workload'
          : value === drift.actual
            ? 'service'
            : undefined;
    if (side === undefined) return [];
    const text = `${about} selects ${drift.key}=${value} too`;
    return [
      { side, weight: 1, evidence: citeField(side === 'workload' ? service : meant.maker.meta, 'spec.selector', text) },
    ];
  });
}

/** Where every workload carries its own name under a key, the value that breaks the custom is the wrong one. */
function namingVotes(model: ClusterModel, meant: Meant, drift: LabelDrift): readonly Vote[] {
  const { maker } = meant;
  const { key, wanted, actual } = drift;
  const others = podMakers(model, maker.meta.namespace).filter((other) => other.object !== maker.object);
  const custom = others.filter((other) => own(other.labels, key) === other.meta.name).length;
  const weight = custom > 0 && custom * 2 >= others.length ? 2 : 1;
  const votes: Vote[] = [];
  if (wanted === maker.meta.name && actual !== maker.meta.name) votes.push({ side: 'workload', weight });
  if (actual === maker.meta.name && wanted !== maker.meta.name) votes.push({ side: 'service', weight });
  if (actual === undefined && others.length > 0) {
    const withKey = others.filter((other) => Object.hasOwn(other.labels, key)).length;
    votes.push({ side: withKey > 0 && withKey * 2 >= others.length ? 'workload' : 'service', weight: 1 });
  }
  return votes;
}

function own(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function requiredValue(selector: Selector, key: string): string | undefined {
  const requirement = selector.requirements.find((entry) => entry.key === key && entry.operator === 'In');
  return requirement?.values.length === 1 ? requirement.values[0] : undefined;
}
