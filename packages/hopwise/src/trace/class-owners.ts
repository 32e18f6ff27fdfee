import type { ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Ingress } from '../model/kinds/ingress.ts';
import { ownersOf } from '../routing/ingress/ownership.ts';
import { similarNames } from './similar.ts';
import type { Trace } from './trace.ts';

/** The IngressClass exists, and nothing that runs answers for it. */
export interface AbandonedClass {
  readonly ingress: Ingress;
  readonly className: string;
  readonly why: string;
  /** All Pods of the cluster were read and the controller's image is known. */
  readonly certain: boolean;
  readonly evidence: readonly Evidence[];
}

/**
 * The winning rule's Ingress is of a class whose controller runs nowhere: the rule is only in the manifests. A controller
 * that has written its address on the Ingress was there, and cloud load balancers never run in the cluster.
 */
export function abandonedClass(model: ClusterModel, trace: Trace): AbandonedClass | undefined {
  const pods = trace.gateway?.pods;
  if (model.manifestsOnly || trace.rule === undefined || (pods?.state === 'found' && pods.value.length > 0))
    return undefined;
  const object = model.object(trace.rule.object);
  if (object?.kind !== 'Ingress') return undefined;
  const ingress = object as Ingress;
  const owner = ownersOf(model).controllers.find((entry) => entry.ingresses.includes(ingress));
  if (owner === undefined || owner.controller.workload !== undefined || ingress.addresses.length > 0) return undefined;
  const { controller } = owner;
  const entry = controller.classes.find(({ name }) => name === ingress.className);
  if (entry === undefined || controller.known?.cloud === true) return undefined;
  const certain = controller.present.state === 'absent';
  const like = certain ? undefined : nearestRunning(model, controller.controllerValue);
  if (!certain && like === undefined) return undefined;
  const runs = like === undefined ? 'no Pod of it runs in the cluster' : `the controller that runs answers to ${like}`;
  return {
    ingress,
    className: entry.name,
    certain,
    why: `IngressClass ${entry.name} belongs to ${entry.controller}, and ${runs}`,
    evidence: [
      citeField(ingress, 'spec.ingressClassName', `spec.ingressClassName is ${entry.name}`, entry.name),
      citeField(
        entry,
        'spec.controller',
        `IngressClass ${entry.name} belongs to ${entry.controller}; ${runs}`,
        entry.controller,
      ),
      ...(ingress.hasStatus ? [citeField(ingress, 'status.loadBalancer', 'no controller has written an address')] : []),
    ],
  };
}

/** A controller of nearly the same name runs: the value in the IngressClass has a slip or is another instance's. */
function nearestRunning(model: ClusterModel, wanted: string): string | undefined {
  const values = ownersOf(model).controllers.flatMap(({ controller }) =>
    controller.workload === undefined ? [] : [controller.controllerValue],
  );
  const plain = (value: string): string => value.replace(/^.*\//, '');
  const near = similarNames(plain(wanted), values.map(plain))[0];
  return values.find((value) => plain(value) === near);
}

/** The class an Ingress was plainly meant to have: one like its own, else the only one that a running controller takes. */
export function meantClass(model: ClusterModel, asked: string | undefined): string | undefined {
  const running = [
    ...new Set(
      ownersOf(model).controllers.flatMap(({ controller }) =>
        controller.workload === undefined ? [] : controller.classes.map(({ name }) => name),
      ),
    ),
  ];
  // Plain manifests show no controller; the classes they define are then all there is.
  const known = running.length > 0 ? running : model.list('IngressClass').map(({ name }) => name);
  const like = asked === undefined ? undefined : similarNames(asked, known)[0];
  return like ?? (known.length === 1 ? known[0] : undefined);
}

/** Gives an Ingress a class by the field, which also ends the old annotation. */
export function classPatch(ingress: ObjectId, className: string) {
  return {
    object: ingress,
    type: 'merge' as const,
    patch: {
      metadata: { annotations: { 'kubernetes.io/ingress.class': null } },
      spec: { ingressClassName: className },
    },
  };
}
