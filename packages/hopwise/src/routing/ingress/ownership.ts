import type { Lookup } from '../../base/lookup.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Ingress } from '../../model/kinds/ingress.ts';
import { looksLikeGke } from './cloud.ts';
import { classNamesOf, findControllers, type IngressController, sawWholeCluster, withoutPods } from './controllers.ts';
import { fieldEvidence } from './evidence.ts';
import { isSet } from './flags.ts';
import { knownByClassName, knownByController } from './known-controllers.ts';

/** Who answers for which Ingress. */
export interface Ownership {
  readonly controllers: readonly OwnedIngresses[];
  readonly orphans: readonly Orphan[];
}
export interface OwnedIngresses {
  readonly controller: IngressController;
  readonly ingresses: readonly Ingress[];
}
/** An Ingress that no controller takes, as far as can be told. */
export interface Orphan {
  readonly ingress: Ingress;
  readonly reason: 'class-unclaimed' | 'no-class' | 'unknown';
  readonly why: string;
  readonly field: string;
  readonly certainty: 'certain' | 'unsure';
  readonly evidence: readonly Evidence[];
}

const CLASS_ANNOTATION = 'metadata.annotations["kubernetes.io/ingress.class"]';

const remembered = new WeakMap<ClusterModel, Ownership>();

/** Assigns every Ingress of the model to the controllers that would take it; the same answer object for the same model. */
export function ownersOf(model: ClusterModel): Ownership {
  let ownership = remembered.get(model);
  if (ownership === undefined) {
    ownership = assign(model);
    remembered.set(model, ownership);
  }
  return ownership;
}

function assign(model: ClusterModel): Ownership {
  const controllers = [...findControllers(model)];
  const taken = new Map<IngressController, Ingress[]>();
  const orphans: Orphan[] = [];
  for (const ingress of model.list('Ingress')) {
    let owners = controllers.filter((controller) => takes(model, controller, ingress) === 'yes');
    if (owners.length === 0) {
      const outcome = explainOrphan(model, controllers, ingress);
      if ('controller' in outcome) {
        if (!controllers.includes(outcome.controller)) controllers.push(outcome.controller);
        owners = [outcome.controller];
      } else orphans.push(outcome);
    }
    const gone = owners.length > 0 && owners.every((owner) => owner.present.state === 'absent') ? owners[0] : undefined;
    if (gone !== undefined) {
      orphans.push(explainGone(ingress, gone));
      continue;
    }
    for (const owner of owners) {
      const list = taken.get(owner);
      if (list === undefined) taken.set(owner, [ingress]);
      else list.push(ingress);
    }
  }
  return {
    controllers: controllers.map((controller) => ({ controller, ingresses: taken.get(controller) ?? [] })),
    orphans,
  };
}

/** The class exists, but nothing that runs in the cluster reads its Ingresses. */
function explainGone(ingress: Ingress, controller: IngressController): Orphan {
  const [entry] = controller.classes;
  const field = ingress.className === undefined ? CLASS_ANNOTATION : 'spec.ingressClassName';
  const shown = entry === undefined ? (ingress.classAnnotation ?? ingress.className ?? '') : entry.name;
  const evidence: Evidence[] = [fieldEvidence(ingress, field, shown, `the class is ${shown}`)];
  if (entry !== undefined) {
    evidence.push(
      fieldEvidence(entry, 'spec.controller', entry.controller, `IngressClass ${shown} belongs to ${entry.controller}`),
    );
  }
  evidence.push({
    type: 'absence',
    text: `no Pod in the cluster runs ${controller.name} for ${controller.controllerValue}`,
    what: `Pod of ${controller.controllerValue}`,
  });
  return {
    ingress,
    field,
    reason: 'class-unclaimed',
    why: `no running controller claims ${controller.controllerValue}, to which class ${shown} belongs`,
    certainty: 'certain',
    evidence,
  };
}

/** The class an Ingress asks for; manifests that were never applied get the cluster's default class on admission. */
function classOf(model: ClusterModel, ingress: Ingress): { readonly name?: string; readonly annotation?: string } {
  if (ingress.className !== undefined) {
    return {
      name: ingress.className,
      ...(ingress.classAnnotation === undefined ? {} : { annotation: ingress.classAnnotation }),
    };
  }
  if (ingress.classAnnotation !== undefined) return { annotation: ingress.classAnnotation };
  if (!model.manifestsOnly) return {};
  const defaults = model.list('IngressClass').filter((entry) => entry.isDefault);
  const [only] = defaults;
  return only !== undefined && defaults.length === 1 ? { name: only.name } : {};
}

function takes(model: ClusterModel, controller: IngressController, ingress: Ingress): 'yes' | 'no' {
  const { known, flags } = controller;
  if (!watches(model, controller, ingress.namespace)) return 'no';
  const { name, annotation } = classOf(model, ingress);
  if (name !== undefined) {
    if (controller.classes.some((entry) => entry.name === name)) return 'yes';
    const byName = known !== undefined && (known.classByName || classesUnread(model));
    return byName && model.get('IngressClass', '', name).state !== 'found' && classNamesOf(known, flags).includes(name)
      ? 'yes'
      : 'no';
  }
  if (known === undefined) return 'no';
  if (annotation !== undefined) return classNamesOf(known, flags).includes(annotation) ? 'yes' : 'no';
  if (known.classlessFlags.some((flag) => isSet(flags, flag))) return 'yes';
  switch (known.classless) {
    case 'never':
      return 'no';
    case 'always':
      return 'yes';
    case 'default-class':
      return controller.classes.some((entry) => entry.isDefault) ? 'yes' : 'no';
    case 'unless-named':
      return controller.workload !== undefined && known.classFlags.every((flag) => !flags.get(flag)) ? 'yes' : 'no';
  }
}

function classesUnread(model: ClusterModel): boolean {
  return !model.isRead('IngressClass');
}

/** --watch-namespace and --watch-namespace-selector of ingress-nginx; other controllers' namespace flags in the same spirit. */
function watches(model: ClusterModel, controller: IngressController, namespace: string): boolean {
  const single = controller.flags.get('watch-namespace');
  if (single !== undefined && single !== '') return single.split(',').includes(namespace);
  const selector = controller.flags.get('watch-namespace-selector');
  if (selector === undefined || selector === '') return true;
  const labels = model.namespaceLabels(namespace);
  return labels.state !== 'found' || matchesSelectorText(selector, labels.value);
}

/** Equality and existence terms of a label selector written as text (`team=web,env!=dev,shared`). */
function matchesSelectorText(text: string, labels: Readonly<Record<string, string>>): boolean {
  return text.split(',').every((term) => {
    const match = /^\s*(!?)([^=!\s]+)\s*(?:(==?|!=)\s*(\S*))?\s*$/.exec(term);
    if (match === null) return true;
    const [, negated = '', key = '', operator, wanted = ''] = match;
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === undefined) return negated === '!' ? value === undefined : value !== undefined;
    return operator === '!=' ? value !== wanted : value === wanted;
  });
}

function explainOrphan(
  model: ClusterModel,
  controllers: readonly IngressController[],
  ingress: Ingress,
): Orphan | { readonly controller: IngressController } {
  const { name, annotation } = classOf(model, ingress);
  if (name !== undefined) return explainClassName(model, controllers, ingress, name);
  if (annotation !== undefined) return explainAnnotation(model, controllers, ingress, annotation);
  if (looksLikeGke(model, ingress)) return { controller: cloudController(model, controllers, 'gce') };
  return {
    ingress,
    reason: 'no-class',
    why: 'it names no IngressClass, there is no class annotation, and no controller seen here takes Ingresses without a class',
    field: 'spec.ingressClassName',
    // An address in its status says that somebody took it once.
    certainty:
      sawWholeCluster(model) && ingress.addresses.length === 0 && controllers.every(isUnderstood)
        ? 'certain'
        : 'unsure',
    evidence: [fieldEvidence(ingress, 'spec.ingressClassName', undefined, 'spec.ingressClassName is not set')],
  };
}

function explainClassName(
  model: ClusterModel,
  controllers: readonly IngressController[],
  ingress: Ingress,
  name: string,
): Orphan | { readonly controller: IngressController } {
  const field = 'spec.ingressClassName';
  const evidence = [fieldEvidence(ingress, field, name, `spec.ingressClassName is ${name}`)];
  const unsure = { ingress, field, certainty: 'unsure' as const, evidence };
  const entry: Lookup<{ readonly controller: string }> = model.get('IngressClass', '', name);
  if (entry.state === 'found') {
    const known = knownByController(entry.value.controller);
    const watcher = controllers.find((controller) => controller.classes.some((owned) => owned.name === name));
    if (watcher !== undefined && !watches(model, watcher, ingress.namespace)) {
      return {
        ingress,
        field,
        evidence,
        reason: 'class-unclaimed',
        why: `${watcher.name} does not watch namespace ${ingress.namespace}`,
        certainty: 'certain',
      };
    }
    return {
      ...unsure,
      reason: 'unknown',
      why: `IngressClass ${name} belongs to ${known?.name ?? entry.value.controller}`,
    };
  }
  const cloud = knownByClassName(name);
  if (cloud?.cloud === true) return { controller: cloudController(model, controllers, cloud.id) };
  if (entry.state === 'unknown') {
    // Without the IngressClasses a class can only be recognised by its usual name.
    const running = controllers.filter((controller) => controller.workload !== undefined);
    const [only] = running;
    if (only !== undefined && running.length === 1) return { controller: only };
    if (cloud !== undefined)
      return { controller: withoutPods(model, cloud, cloud.name, cloud.controllers[0] ?? '', []) };
    return { ...unsure, reason: 'unknown', why: `IngressClasses were not read: who takes class ${name} is not known` };
  }
  return {
    ingress,
    field,
    reason: 'class-unclaimed',
    why: `there is no IngressClass ${name}, and no controller takes that name without one`,
    certainty: 'certain',
    evidence: [
      ...evidence,
      { type: 'absence', text: `IngressClass ${name} does not exist`, what: `IngressClass//${name}` },
      ...model
        .list('IngressClass')
        .map((other) => fieldEvidence(other, 'metadata.name', other.name, `IngressClass ${other.name} exists`)),
    ],
  };
}

function explainAnnotation(
  model: ClusterModel,
  controllers: readonly IngressController[],
  ingress: Ingress,
  annotation: string,
): Orphan | { readonly controller: IngressController } {
  const known = knownByClassName(annotation);
  if (known?.cloud === true) return { controller: cloudController(model, controllers, known.id) };
  const field = CLASS_ANNOTATION;
  const evidence = [fieldEvidence(ingress, field, annotation, `the class annotation is ${annotation}`)];
  const someone = controllers.some((controller) => controller.workload !== undefined);
  if (!someone && known !== undefined && !sawWholeCluster(model)) {
    return { controller: withoutPods(model, known, known.name, known.controllers[0] ?? '', []) };
  }
  return {
    ingress,
    field,
    reason: 'class-unclaimed',
    why: `no controller seen here answers to class ${annotation}`,
    certainty: sawWholeCluster(model) && controllers.every(isUnderstood) ? 'certain' : 'unsure',
    evidence,
  };
}

/** Its rules about classes are in the table, so that a refusal means something. */
function isUnderstood(controller: IngressController): boolean {
  return controller.known !== undefined;
}

function cloudController(
  model: ClusterModel,
  controllers: readonly IngressController[],
  id: string,
): IngressController {
  const existing = controllers.find((controller) => controller.known?.id === id);
  if (existing !== undefined) return existing;
  const known = knownByClassName(id);
  return withoutPods(model, known, known?.name ?? id, known?.controllers[0] ?? '', []);
}
