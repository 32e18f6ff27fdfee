import { parsePath } from '../base/field-path.ts';
import { idOf, type ObjectId, splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Service } from '../model/kinds/service.ts';
import type { Meta } from '../model/meta.ts';
import { parseImage } from '../routing/ingress/image.ts';
import type { Setting } from '../routing/route-table.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import { bindingTimeout } from './binding-timeout.ts';
import { resolvedBackends } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Where the answering controller is told how long to wait for a response on this route, and how to tell it. */
export interface TimeoutKnob {
  readonly object: ObjectId;
  /** Annotation or field with its new value, as people name it. */
  readonly name: string;
  readonly patches: readonly {
    readonly object: ObjectId;
    readonly type: 'merge' | 'json';
    readonly patch: JsonObject | readonly JsonObject[];
  }[];
  /** With the patches applied the gateway waits that long. */
  readonly reached: (after: { readonly trace: Trace }) => boolean;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

interface Annotation {
  readonly controller: RegExp;
  readonly on: 'route' | 'service';
  readonly key: string;
  readonly value: (seconds: number) => string;
}

/** Read-timeout annotations, each where its controller reads it (their annotation references; see also read-timeouts.ts). */
const ANNOTATIONS: readonly Annotation[] = [
  {
    controller: /ingress-nginx/,
    on: 'route',
    key: 'nginx.ingress.kubernetes.io/proxy-read-timeout',
    value: (seconds) => String(seconds),
  },
  { controller: /nginx\.org/, on: 'route', key: 'nginx.org/proxy-read-timeout', value: (seconds) => `${seconds}s` },
  {
    controller: /haproxy-ingress/,
    on: 'route',
    key: 'haproxy-ingress.github.io/timeout-server',
    value: (seconds) => `${seconds}s`,
  },
  {
    controller: /projectcontour/,
    on: 'route',
    key: 'projectcontour.io/response-timeout',
    value: (seconds) => `${seconds}s`,
  },
  { controller: /kong/, on: 'service', key: 'konghq.com/read-timeout', value: (seconds) => String(seconds * 1000) },
];

export function timeoutKnob(world: Asked, seconds: number): TimeoutKnob | undefined {
  const { trace, model } = world;
  const dialect = trace.gateway?.dialect ?? '';
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const service = resolvedBackends(trace)[0]?.service;
  const reached = ({ trace: after }: { readonly trace: Trace }): boolean => {
    const now = bindingTimeout(after, undefined);
    return now !== undefined && (now.value === 0 || now.value >= seconds * 1000);
  };
  const found =
    dialect === 'gateway-api' || dialect === 'gloo' || dialect === 'istio'
      ? fieldKnob(world, seconds)
      : (haproxyKnob(trace, route, service, seconds) ?? annotationKnob(trace, route, service, seconds));
  return found === undefined ? undefined : { ...found, reached };
}

type Found = Omit<TimeoutKnob, 'reached'>;

function annotationKnob(
  trace: Trace,
  route: Meta | undefined,
  service: Service | undefined,
  seconds: number,
): Found | undefined {
  const controller = `${trace.gateway?.controller ?? ''} ${trace.gateway?.dialect ?? ''}`;
  const row = ANNOTATIONS.find((entry) => entry.controller.test(controller));
  const place = row?.on === 'service' ? service : route;
  return row === undefined || place === undefined ? undefined : annotate(place, row.key, row.value(seconds));
}

const HAPROXY = 'haproxy.org/timeout-server';
const SNIPPET = 'haproxy.org/backend-config-snippet';

/**
 * haproxytech/kubernetes-ingress reads timeout-server on Services and Ingresses from 1.11 on (commit e2f797cd); before, only
 * its backend snippet is read there (documentation/annotations.md).
 */
function haproxyKnob(
  trace: Trace,
  route: Meta | undefined,
  service: Service | undefined,
  seconds: number,
): Found | undefined {
  if (!/haproxy\.org/.test(trace.gateway?.controller ?? '') || service === undefined) return undefined;
  const annotated = [service, route].find((object) => object?.annotations[HAPROXY] !== undefined) ?? route;
  if (haproxyReadsRoutes(trace) !== false && annotated !== undefined)
    return annotate(annotated, HAPROXY, `${seconds}s`);
  const old = service.annotations[SNIPPET];
  const line = `timeout server ${seconds}s`;
  return annotate(service, SNIPPET, old === undefined ? line : `${old.trimEnd()}\n${line}`);
}

/** Undefined when the image of the controller's Pods does not tell its version. */
export function haproxyReadsRoutes(trace: Trace): boolean | undefined {
  const pods = trace.gateway?.pods.state === 'found' ? trace.gateway.pods.value : [];
  const tags = pods.flatMap((pod) => pod.spec.containers).flatMap(({ image }) => parseImage(image).tag ?? []);
  const version = tags.map((tag) => /^v?(\d{1,4})\.(\d{1,4})(?:[.-]|$)/.exec(tag)).find((match) => match !== null);
  if (version === undefined) return undefined;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > 1 || (major === 1 && minor >= 11);
}

function annotate(place: Meta, key: string, value: string): Found {
  const object = idOf(place);
  const patch = { metadata: { annotations: { [key]: value } } };
  return { object, name: `${key}: ${value.split('\n').at(-1)}`, patches: [{ object, type: 'merge', patch }] };
}

/** The field that sets it, or the one of this rule that would (HTTPRoute timeouts.request, options.timeout of a Gloo route). */
function fieldKnob({ model, trace }: Asked, seconds: number): Found | undefined {
  const setting = bindingTimeout(trace, undefined);
  const place = setting === undefined ? undefined : placeOf(trace, setting);
  if (place === undefined) return undefined;
  const raw = model.raw(place.object);
  const operation = raw === undefined ? undefined : setAt(raw, place.path, `${seconds}s`);
  const name = `${place.path}: ${seconds}s`;
  if (operation === undefined) return { object: place.object, name, patches: [] };
  return { object: place.object, name, patches: [{ object: place.object, type: 'json', patch: [operation] }] };
}

function placeOf(trace: Trace, { from }: Setting<number>): { object: ObjectId; path: string } | undefined {
  if (from.kind === 'field') return from;
  if (from.changeAt !== undefined) return from.changeAt;
  const rule = trace.rule;
  if (rule === undefined) return undefined;
  const { kind } = splitId(rule.object);
  const ofRule = /^spec\.rules\[\d{1,4}\]/.exec(rule.field)?.[0];
  if (kind === 'HTTPRoute' && ofRule !== undefined) return { object: rule.object, path: `${ofRule}.timeouts.request` };
  const ofRoute = /^spec\.(?:virtualHost\.)?routes\[\d{1,4}\]/.exec(rule.field)?.[0];
  return ofRoute === undefined ? undefined : { object: rule.object, path: `${ofRoute}.options.timeout` };
}

/** One operation that sets a field, with the parents that are not there yet. */
function setAt(raw: JsonObject, path: string, value: string): JsonObject | undefined {
  const steps = parsePath(path);
  if (steps === undefined) return undefined;
  let at: Json | undefined = raw;
  for (const [index, step] of steps.entries()) {
    const next: Json | undefined = child(at, step);
    if (next === undefined || index === steps.length - 1) {
      const rest = steps.slice(index + 1).reduceRight<Json>((inner, key) => ({ [String(key)]: inner }), value);
      const pointer = steps
        .slice(0, index + 1)
        .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`);
      return { op: next === undefined ? 'add' : 'replace', path: pointer.join(''), value: rest };
    }
    at = next;
  }
  return undefined;
}

function child(parent: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(parent)) return typeof step === 'number' ? (parent as readonly Json[])[step] : undefined;
  if (typeof parent !== 'object' || parent === null || typeof step === 'number') return undefined;
  return Object.hasOwn(parent, step) ? (parent as JsonObject)[step] : undefined;
}
