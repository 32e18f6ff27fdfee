import type { Json, JsonObject } from '../contract.ts';
import { type ListHeader, UNRENDERED } from './pieces.ts';

/** What is known of a file before it is read, from the layout it lies in. */
export interface FileHints {
  /** Kind of its objects when they do not say it themselves: items of typed lists of the Go client have no kind. */
  readonly kind?: string;
  readonly apiVersion?: string;
}

/** Where a value was found. */
export interface Surroundings {
  readonly list: ListHeader;
  readonly hints: FileHints;
  /** In a list of Kubernetes objects everything has to be one; other documents may be anything. */
  readonly inList: boolean;
}

/**
 * The value as the Kubernetes object it is, with its apiVersion and kind; what is wrong with it, when it is half of one;
 * undefined when it is something else.
 */
export function identifyObject(
  value: JsonObject,
  { list, hints, inList }: Surroundings,
): JsonObject | string | undefined {
  const kind = value.kind ?? itemKind(list) ?? hints.kind;
  const apiVersion =
    value.apiVersion ?? (value.kind === undefined ? typedVersion(list) : undefined) ?? hints.apiVersion;
  // A values file, a workflow, `apiVersion: 1` of somebody else's format.
  if (kind === undefined && typeof apiVersion !== 'string' && !inList) return undefined;
  if (typeof kind !== 'string' || kind === '' || typeof apiVersion !== 'string' || apiVersion === '') {
    return sayMissing(kind, apiVersion);
  }
  // Without metadata it is the configuration of a tool; with a generateName it exists only once it was created.
  if (isToolConfig(apiVersion, kind) || (value.metadata === undefined && !inList) || isToBeNamed(value))
    return undefined;
  const name = isObject(value.metadata) ? value.metadata.name : undefined;
  if (typeof name !== 'string' || name === '')
    return `is a ${printable(kind)} without a metadata.name that is a string`;
  if (name.includes('{{')) return UNRENDERED;
  return value.kind === kind && value.apiVersion === apiVersion ? value : { ...value, apiVersion, kind };
}

/** `PodList` → `Pod`; a plain `List` says nothing about its items. */
function itemKind(list: ListHeader): string | undefined {
  const { kind } = list;
  return kind !== undefined && kind !== 'List' && kind.endsWith('List') ? kind.slice(0, -'List'.length) : undefined;
}

function typedVersion(list: ListHeader): string | undefined {
  return itemKind(list) === undefined ? undefined : list.apiVersion;
}

function sayMissing(kind: unknown, apiVersion: unknown): string {
  if (kind === undefined && apiVersion === undefined) return 'is a list item without apiVersion and kind';
  if (typeof kind === 'string' && kind !== '') return `is a ${printable(kind)} without an apiVersion`;
  if (typeof apiVersion === 'string' && apiVersion !== '') return `has apiVersion ${printable(apiVersion)} but no kind`;
  return 'has an apiVersion or kind that is no string';
}

function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 80);
}

/** `{kind: PodList, items: null}`: how Go writes a list that has nothing in it. */
export function isEmptyList(value: JsonObject): boolean {
  const isList = typeof value.kind === 'string' && value.kind.endsWith('List');
  return isList && (value.items === null || value.items === undefined) && !isNamed(value);
}

function isToBeNamed({ metadata }: JsonObject): boolean {
  return isObject(metadata) && metadata.name === undefined && typeof metadata.generateName === 'string';
}

function isNamed(value: JsonObject): boolean {
  return isObject(value.metadata) && typeof value.metadata.name === 'string';
}

/** Groups of files for tools, which lie beside manifests and are no objects of a cluster; a kubeconfig above all. */
const TOOL_GROUPS =
  /^(?:(?:[a-z0-9.-]{1,100}\.)?(?:kustomize\.config\.k8s\.io|config\.k8s\.io|kubeadm\.k8s\.io|kind\.x-k8s\.io|k3d\.io|audit\.k8s\.io)|skaffold|hopwise\.dev|kubelet\.config\.k8s\.io|kubeproxy\.config\.k8s\.io|troubleshoot\.sh)\//;

function isToolConfig(apiVersion: string, kind: string): boolean {
  if (apiVersion === 'v1') return kind === 'Config';
  return TOOL_GROUPS.test(apiVersion) || (kind === 'Kustomization' && apiVersion.startsWith('kustomize.config.'));
}

/** Whether the object shows that it lived in a cluster: fields that only the API server writes. */
export function hasLived(object: JsonObject): boolean {
  const { metadata, status, kind } = object;
  if (!isObject(metadata)) return false;
  if (isText(metadata.uid) || isText(metadata.resourceVersion) || isText(metadata.creationTimestamp)) return true;
  return kind === 'Pod' && isObject(status) && isText(status.phase);
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
