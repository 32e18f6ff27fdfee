import { found, type Lookup, unknown } from '../../base/lookup.ts';
import { idOf, type ObjectId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { IngressClass } from '../../model/kinds/ingress.ts';
import type { Container, Pod, PodSpec } from '../../model/kinds/pod.ts';
import { type Flags, readFlags } from './flags.ts';
import { type Image, parseImage } from './image.ts';
import { KNOWN_CONTROLLERS, type KnownController, knownByController } from './known-controllers.ts';

/** One Ingress controller of this cluster: a workload that runs it, or only its IngressClass when no Pod of it was seen. */
export interface IngressController {
  /** Unique and stable. */
  readonly id: string;
  readonly known?: KnownController;
  readonly name: string;
  /** Value its IngressClasses carry in spec.controller. */
  readonly controllerValue: string;
  readonly workload?: ObjectId;
  readonly namespace: string;
  readonly container?: Container;
  readonly image?: Image;
  readonly flags: Flags;
  /** Pods that carry the traffic. */
  readonly pods: Lookup<readonly Pod[]>;
  /** The process that reads Ingresses was seen in the cluster (or lives in the cloud). */
  readonly present: Lookup<true>;
  readonly classes: readonly IngressClass[];
}

const NO_FLAGS: Flags = { get: () => undefined, words: [], unresolved: [] };
const SWITCHES = new Set([
  'watch-ingress-without-class',
  'ingress-class-by-name',
  'enable-ssl-passthrough',
  'disable-catch-all',
  'disable-svc-external-name',
  'enable-annotation-validation',
  'enable-topology-aware-routing',
  'update-status',
  'empty-ingress-class',
  'report-node-internal-ip-address',
  'report-ingress-status',
  'enable-metrics',
  'deep-inspect',
  'v',
]);

interface Running {
  readonly known: KnownController;
  readonly container: Container;
  readonly image: Image;
}

/** Every Ingress controller of the cluster, by its Pods or workloads first and by IngressClass where those were not seen. */
export function findControllers(model: ClusterModel): readonly IngressController[] {
  const running = findRunning(model);
  const controllers = [...running.values()];
  for (const entry of model.list('IngressClass')) {
    if (controllers.some((controller) => controller.classes.includes(entry))) continue;
    const known = knownByController(entry.controller);
    const same = controllers.find(
      (other) => other.workload === undefined && other.controllerValue === entry.controller,
    );
    if (same !== undefined) (same.classes as IngressClass[]).push(entry);
    else controllers.push(fromClass(model, known, entry));
  }
  return controllers;
}

function fromClass(model: ClusterModel, known: KnownController | undefined, entry: IngressClass): IngressController {
  return withoutPods(model, known, known?.name ?? entry.controller, entry.controller, [entry]);
}

/** A controller of which nothing but its name is known. */
export function withoutPods(
  model: ClusterModel,
  known: KnownController | undefined,
  name: string,
  controllerValue: string,
  classes: readonly IngressClass[],
): IngressController {
  const cloud = known?.cloud === true;
  const pods: Lookup<readonly Pod[]> = cloud
    ? unknown(`${name} runs outside the cluster`)
    : known === undefined
      ? unknown(`it is not known which Pods run ${name}`)
      : (proxyPods(model, known) ?? unknown(`no Pod of ${name} was recognised`, 'the Pods of every namespace'));
  return {
    id: `class/${classes[0]?.name ?? name}`,
    ...(known === undefined ? {} : { known }),
    name,
    controllerValue,
    namespace: '',
    flags: NO_FLAGS,
    pods,
    present: cloud ? found(true) : absentOrUnknown(model, known),
    classes: [...classes],
  };
}

/** No Pod and no workload runs this controller: certain only when Pods of the whole cluster were read and its image is known. */
function absentOrUnknown(model: ClusterModel, known: KnownController | undefined): Lookup<true> {
  if (known === undefined) return unknown('its image is not known', 'the Pods that run it');
  if (!sawWholeCluster(model))
    return unknown('the Pods of every namespace were not read', 'kubectl get pods -A -o yaml');
  return { state: 'absent' };
}

/** Pods of all namespaces are in the snapshot: said by the capture, and system Pods are among them. */
export function sawWholeCluster(model: ClusterModel): boolean {
  if (model.manifestsOnly || model.coverage('Pod').state !== 'complete') return false;
  return ['kube-system', 'openshift-ingress'].some((namespace) => model.listIn('Pod', namespace).length > 0);
}

function findRunning(model: ClusterModel): ReadonlyMap<string, IngressController> {
  const recognised = new WeakMap<PodSpec, Running | null>();
  const recognise = (spec: PodSpec): Running | undefined => {
    let result = recognised.get(spec);
    if (result === undefined) {
      result = recogniseSpec(spec) ?? null;
      recognised.set(spec, result);
    }
    return result ?? undefined;
  };
  const groups = new Map<string, { running: Running; spec: PodSpec; namespace: string; pods: Pod[] }>();
  for (const pod of model.list('Pod')) {
    const running = recognise(pod.spec);
    if (running === undefined) continue;
    const id = model.controllerOf(pod);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { running, spec: pod.spec, namespace: pod.namespace, pods: [pod] });
    else group.pods.push(pod);
  }
  for (const kind of ['Deployment', 'DaemonSet', 'StatefulSet'] as const) {
    for (const workload of model.list(kind)) {
      const id = idOf(workload);
      const running = recognise(workload.template.spec);
      if (running === undefined || groups.has(id)) continue;
      groups.set(id, { running, spec: workload.template.spec, namespace: workload.namespace, pods: [] });
    }
  }
  const result = new Map<string, IngressController>();
  for (const [id, group] of groups) {
    result.set(id, fromWorkload(model, id as ObjectId, group.running, group.spec, group.namespace, group.pods));
  }
  return result;
}

function recogniseSpec(spec: PodSpec): Running | undefined {
  for (const container of spec.containers) {
    if (container.role === 'init') continue;
    const image = parseImage(container.image);
    const words = [...container.command, ...container.args];
    // The binary's own name settles it whatever the image is called (private rebuilds, renamed mirrors).
    const byBinary = words.some((word) => /(?:^|[/\s])nginx-ingress-controller(?:\s|$)/.test(word));
    const known = byBinary
      ? KNOWN_CONTROLLERS[0]
      : KNOWN_CONTROLLERS.find((entry) => entry.images.test(image.repository));
    if (known !== undefined) return { known, container, image };
  }
  return undefined;
}

function fromWorkload(
  model: ClusterModel,
  workload: ObjectId,
  running: Running,
  spec: PodSpec,
  namespace: string,
  pods: readonly Pod[],
): IngressController {
  const { known, container, image } = running;
  const name = pods[0]?.name;
  const flags = readFlags(container, spec, name === undefined ? { namespace } : { namespace, name }, SWITCHES);
  const controllerValue = flags.get('controller-class') || defaultControllerValue(known, flags);
  const owned = model.list('IngressClass').filter((entry) => ownsClass(known, controllerValue, flags, entry));
  const traffic = known.cloud
    ? unknown(`${known.name} runs outside the cluster`)
    : known.proxyImages === undefined
      ? podsSeen(model, pods)
      : (proxyPods(model, known, namespace) ?? podsSeen(model, []));
  return {
    id: workload,
    known,
    name: known.name,
    controllerValue,
    workload,
    namespace,
    container,
    image,
    flags,
    pods: traffic,
    present: found(true),
    classes: owned,
  };
}

function defaultControllerValue(known: KnownController, flags: Flags): string {
  const first = known.controllers[0] ?? '';
  if (known.id === 'haproxytech') {
    const named = flags.get('ingress.class');
    return named === undefined || named === ''
      ? 'haproxy.org/ingress-controller'
      : `haproxy.org/ingress-controller/${named}`;
  }
  return first;
}

function ownsClass(known: KnownController, value: string, flags: Flags, entry: IngressClass): boolean {
  if (known.dialect === 'ingress-nginx') {
    return (
      entry.controller === value ||
      (flags.get('ingress-class-by-name') !== undefined && entry.name === classNamesOf(known, flags)[0])
    );
  }
  if (known.id === 'haproxytech') return entry.controller === value;
  return knownByController(entry.controller) === known;
}

/** Class names the running controller answers to, by its flags. */
export function classNamesOf(known: KnownController, flags: Flags): readonly string[] {
  for (const flag of known.classFlags) {
    const value = flags.get(flag);
    if (value !== undefined && value !== '') return value.split(',').map((name) => name.trim());
  }
  return known.classNames;
}

function podsSeen(model: ClusterModel, pods: readonly Pod[]): Lookup<readonly Pod[]> {
  if (pods.length > 0) return found(pods);
  const { state, reason } = model.coverage('Pod');
  if (state === 'complete') return found(pods);
  return unknown(reason ?? 'Pods were not read', 'kubectl get pods -A -o yaml');
}

/** Pods of the proxy that is not the controller itself: in the controller's namespace when there are any there. */
function proxyPods(
  model: ClusterModel,
  known: KnownController,
  namespace?: string,
): Lookup<readonly Pod[]> | undefined {
  const images = known.proxyImages;
  if (images === undefined) return undefined;
  const matching = (pod: Pod): boolean =>
    pod.spec.containers.some(
      (container) =>
        container.role !== 'init' &&
        images.test(parseImage(container.image).repository) &&
        (known.proxyWords === undefined ||
          known.proxyWords.some((word) => [...container.command, ...container.args].includes(word))),
    );
  const near = namespace === undefined ? [] : model.listIn('Pod', namespace).filter(matching);
  if (near.length > 0) return found(near);
  const far = model.list('Pod').filter(matching);
  return far.length > 0 ? found(far) : undefined;
}
