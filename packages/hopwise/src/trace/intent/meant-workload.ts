import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Service } from '../../model/kinds/service.ts';
import { similarNames } from '../similar.ts';
import { type PodMaker, podMakers, satisfies } from './pod-makers.ts';

/** One pair of a selector that a Pod template does not satisfy. */
export interface LabelDrift {
  readonly key: string;
  /** What the Service's selector asks for. */
  readonly wanted: string;
  /** What the template has under that key. */
  readonly actual: string | undefined;
  /** Another key of the template that says the same: the key was mistyped or renamed. */
  readonly otherKey?: { readonly key: string; readonly value: string };
}

export interface Meant {
  readonly maker: PodMaker;
  readonly drift: readonly LabelDrift[];
  /** No other workload comes near. */
  readonly clear: boolean;
}

/** Labels that say which release or product something belongs to, not which of its parts it is. */
const FAMILY_KEY =
  /^(?:app\.kubernetes\.io\/(?:part-of|managed-by|instance|version)|helm\.sh\/chart|heritage|release|chart|env|environment|team|owner|version|track)$/;
const LEAST = 4;
const CLEAR_LEAD = 2;

/** The workload a Service without Pods was most likely written for, by labels, names and ports; undefined when none fits. */
export function meantFor(model: ClusterModel, service: Service): Meant | undefined {
  const { selector } = service;
  if (selector === undefined) return undefined;
  const makers = podMakers(model, service.namespace);
  const scored = makers
    .map((maker) => ({ maker, score: scoreOf(model, service, maker, makers.length) }))
    .filter((entry) => entry.score >= LEAST)
    .sort((a, b) => b.score - a.score || (a.maker.object < b.maker.object ? -1 : 1));
  const [best, second] = scored;
  if (best === undefined) return undefined;
  return {
    maker: best.maker,
    drift: driftOf(selector, best.maker),
    clear: second === undefined || best.score - second.score >= CLEAR_LEAD,
  };
}

/** Makers whose Pods the selector does match: nothing has drifted there. */
export function matchingMakers(model: ClusterModel, service: Service): readonly PodMaker[] {
  const { selector } = service;
  return selector === undefined || Object.keys(selector).length === 0
    ? []
    : podMakers(model, service.namespace).filter((maker) => satisfies(maker.labels, selector));
}

/** The workload with the Service's own name, or its only namesake by prefix: what a Service without selector may be for. */
export function meantByName(model: ClusterModel, service: Service): PodMaker | undefined {
  const makers = podMakers(model, service.namespace);
  const exact = makers.find((maker) => maker.meta.name === service.name);
  if (exact !== undefined) return exact;
  const near = makers.filter((maker) => nameScore(service.name, maker.meta.name) >= 2);
  return near.length === 1 ? near[0] : undefined;
}

export function driftOf(selector: Readonly<Record<string, string>>, maker: PodMaker): readonly LabelDrift[] {
  return Object.entries(selector)
    .filter(([key, wanted]) => !(Object.hasOwn(maker.labels, key) && maker.labels[key] === wanted))
    .map(([key, wanted]) => {
      const actual = Object.hasOwn(maker.labels, key) ? maker.labels[key] : undefined;
      const other =
        actual === undefined
          ? Object.entries(maker.labels).find(
              ([otherKey, value]) =>
                !Object.hasOwn(selector, otherKey) && (value === wanted || similarNames(key, [otherKey]).length > 0),
            )
          : undefined;
      return { key, wanted, actual, ...(other === undefined ? {} : { otherKey: { key: other[0], value: other[1] } }) };
    });
}

function scoreOf(model: ClusterModel, service: Service, maker: PodMaker, makers: number): number {
  const selector = service.selector ?? {};
  const { labels, meta } = maker;
  let score = nameScore(service.name, meta.name);
  for (const [key, wanted] of Object.entries(selector)) {
    const weight = FAMILY_KEY.test(key) ? 1 : 3;
    const actual = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (actual === wanted) score += weight;
    else if (actual !== undefined && similarNames(wanted, [actual]).length > 0) score += weight - 1;
    else if (Object.values(labels).includes(wanted)) score += weight - 1;
    if (weight > 1 && wanted === meta.name) score += 2;
  }
  for (const [key, value] of Object.entries(service.labels)) {
    if (!FAMILY_KEY.test(key) && Object.hasOwn(labels, key) && labels[key] === value) score += 2;
  }
  if (fitsPorts(service, maker)) score += 1;
  if (makers === 1) score += 1;
  if (servedByOther(model, service, maker)) score -= 2;
  return score;
}

function nameScore(service: string, workload: string): number {
  if (service === workload) return 4;
  if (workload.startsWith(`${service}-`) || service.startsWith(`${workload}-`)) return 2;
  return similarNames(service, [workload]).length > 0 ? 1 : 0;
}

function fitsPorts(service: Service, maker: PodMaker): boolean {
  const declared =
    maker.spec?.containers.flatMap((container) => (container.role === 'init' ? [] : container.ports)) ?? [];
  return service.ports.some(({ targetPort }) =>
    declared.some((port) => (typeof targetPort === 'number' ? port.port === targetPort : port.name === targetPort)),
  );
}

/** Another Service leads to its Pods already, as a Service usually does to one workload. */
function servedByOther(model: ClusterModel, service: Service, maker: PodMaker): boolean {
  return model
    .listIn('Service', service.namespace)
    .some(
      (other) =>
        other.name !== service.name &&
        !other.headless &&
        other.selector !== undefined &&
        Object.keys(other.selector).length > 0 &&
        satisfies(maker.labels, other.selector),
    );
}
