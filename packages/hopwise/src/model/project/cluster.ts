import { objectId } from '../../base/object-id.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type {
  ClusterEvent,
  ConfigMap,
  ForeignObject,
  Namespace,
  Node,
  ResourceQuota,
  Secret,
} from '../kinds/cluster.ts';
import type { Meta } from '../meta.ts';
import { readCertificate } from './certificate.ts';
import {
  defined,
  hasField,
  readBoolean,
  readConditions,
  readNumber,
  readObject,
  readObjects,
  readString,
  readStringMap,
  readStrings,
  readTime,
} from './read.ts';

export function projectNamespace(raw: JsonObject, meta: Meta): Namespace {
  return { ...meta, kind: 'Namespace', phase: readString(readObject(raw, 'status'), 'phase') ?? 'Active' };
}

export function projectNode(raw: JsonObject, meta: Meta): Node {
  const spec = readObject(raw, 'spec');
  const status = readObject(raw, 'status');
  const cidrs = readStrings(spec, 'podCIDRs');
  const cidr = readString(spec, 'podCIDR');
  return defined({
    ...meta,
    kind: 'Node' as const,
    addresses: readObjects(status, 'addresses').map((entry) => ({
      type: readString(entry, 'type') ?? '',
      address: readString(entry, 'address') ?? '',
    })),
    podCIDRs: cidrs.length > 0 ? cidrs : cidr === undefined ? [] : [cidr],
    conditions: readConditions(status),
    taints: readObjects(spec, 'taints').map((taint) =>
      defined({
        key: readString(taint, 'key') ?? '',
        value: readString(taint, 'value'),
        effect: readString(taint, 'effect') ?? '',
      }),
    ),
    unschedulable: readBoolean(spec, 'unschedulable') ?? false,
    kubeletVersion: readString(readObject(status, 'nodeInfo'), 'kubeletVersion'),
  });
}

export function projectConfigMap(raw: JsonObject, meta: Meta): ConfigMap {
  return { ...meta, kind: 'ConfigMap', data: readStringMap(raw, 'data') };
}

/** Values never get here: the sources keep key names and public certificates only. */
export function projectSecret(raw: JsonObject, meta: Meta): Secret {
  const data = readStringMap(raw, 'data');
  const text = readStringMap(raw, 'stringData');
  const certificate = data['tls.crt'] ?? text['tls.crt'];
  // The API server always fills in the type: without it this is metadata (PartialObjectMetadata).
  const onlyMetadata = !hasField(raw, 'type') && !hasField(raw, 'data') && !hasField(raw, 'stringData');
  return defined({
    ...meta,
    kind: 'Secret' as const,
    type: readString(raw, 'type') ?? 'Opaque',
    keys: onlyMetadata ? undefined : [...new Set([...Object.keys(data), ...Object.keys(text)])].sort(),
    certificate: certificate === undefined ? undefined : readCertificate(certificate),
  });
}

/** Core v1 and events.k8s.io/v1 shapes. */
export function projectEvent(raw: JsonObject, meta: Meta): ClusterEvent {
  const old = readObject(raw, 'involvedObject');
  const about = Object.keys(old).length > 0 ? old : readObject(raw, 'regarding');
  const series = readObject(raw, 'series');
  const first =
    readTime(raw, 'firstTimestamp') ??
    readTime(raw, 'deprecatedFirstTimestamp') ??
    readTime(raw, 'eventTime') ??
    meta.created;
  const last =
    readTime(raw, 'lastTimestamp') ??
    readTime(raw, 'deprecatedLastTimestamp') ??
    readTime(series, 'lastObservedTime') ??
    first;
  return defined({
    ...meta,
    kind: 'Event' as const,
    about: objectId(
      readString(about, 'kind') ?? '',
      readString(about, 'namespace') ?? '',
      readString(about, 'name') ?? '',
    ),
    reason: readString(raw, 'reason') ?? '',
    message: readString(raw, 'message') ?? readString(raw, 'note') ?? '',
    type: readString(raw, 'type') ?? 'Normal',
    count: readNumber(raw, 'count') ?? readNumber(raw, 'deprecatedCount') ?? readNumber(series, 'count') ?? 1,
    first,
    last,
    source:
      readString(readObject(raw, 'source'), 'component') ??
      readString(raw, 'reportingController') ??
      readString(raw, 'reportingComponent'),
  });
}

export function projectResourceQuota(raw: JsonObject, meta: Meta): ResourceQuota {
  const status = readObject(raw, 'status');
  const hard = readStringMap(status, 'hard');
  return {
    ...meta,
    kind: 'ResourceQuota',
    hard: Object.keys(hard).length > 0 ? hard : readStringMap(readObject(raw, 'spec'), 'hard'),
    used: readStringMap(status, 'used'),
  };
}

/** Some kinds (BackendConfig, Endpoints-like) have no spec: their top-level fields count as spec. */
export function projectForeign(raw: JsonObject, meta: Meta): ForeignObject {
  const spec = readObject(raw, 'spec');
  if (Object.keys(spec).length > 0) return { ...meta, spec, status: readObject(raw, 'status') };
  const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...rest } = raw;
  return { ...meta, spec: rest, status: readObject(raw, 'status') };
}
