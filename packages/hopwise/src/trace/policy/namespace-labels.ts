import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Labels, Selector } from '../../model/meta.ts';
import { selects } from '../../model/selector.ts';
import { doubt, type Match } from './match.ts';

export interface NamespaceView {
  readonly name: string;
  /** When not `complete`, only the labels that are certain. */
  readonly labels: Labels;
  readonly complete: boolean;
}

export const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * A namespace's labels. The API server always sets kubernetes.io/metadata.name to the name (SetDefaults_Namespace,
 * since 1.21), so that label is certain even where the Namespace object was not read.
 */
export function viewNamespace(model: ClusterModel, name: string): NamespaceView {
  const read = model.namespaceLabels(name);
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  if (read.state === 'found') Object.assign(labels, read.value);
  if (setsNameLabel(model.serverVersion)) labels[NAME_LABEL] = name;
  return { name, labels, complete: read.state === 'found' };
}

function setsNameLabel(serverVersion: string | undefined): boolean {
  const minor = /^v?1\.([0-9]{1,3})/.exec(serverVersion ?? '')?.[1];
  return minor === undefined || Number(minor) >= 21;
}

/** Requirements on labels that are not known are doubtful, unless another requirement already fails. */
export function selectsNamespace(selector: Selector, namespace: NamespaceView): Match {
  if (namespace.complete) return selects(selector, namespace.labels);
  let uncertain = false;
  for (const requirement of selector.requirements) {
    if (!Object.hasOwn(namespace.labels, requirement.key)) uncertain = true;
    else if (!selects({ requirements: [requirement] }, namespace.labels)) return false;
  }
  return uncertain ? doubt(`the labels of namespace ${namespace.name} were not read`) : true;
}
