import type { JsonObject } from '../../sources/contract.ts';
import type {
  Container,
  ContainerState,
  ContainerStatus,
  EnvVar,
  Pod,
  PodSpec,
  PodTemplate,
  PreStop,
  Probe,
  Protocol,
  Terminated,
  Volume,
} from '../kinds/pod.ts';
import type { Meta } from '../meta.ts';
import {
  defined,
  hasField,
  readBoolean,
  readConditions,
  readIntOrString,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStringMap,
  readStrings,
  readTime,
  type Writable,
} from './read.ts';

export function readProtocol(raw: JsonObject): Protocol {
  const text = readString(raw, 'protocol');
  return text === 'UDP' || text === 'SCTP' ? text : 'TCP';
}

/** API defaults of Probe: period 10 s, timeout 1 s, success 1, failure 3 (k8s.io/api/core/v1 types.go). */
function projectProbe(raw: JsonObject | undefined): Probe | undefined {
  if (raw === undefined) return undefined;
  const timing = {
    initialDelaySeconds: readNumber(raw, 'initialDelaySeconds') ?? 0,
    periodSeconds: readNumber(raw, 'periodSeconds') ?? 10,
    timeoutSeconds: readNumber(raw, 'timeoutSeconds') ?? 1,
    successThreshold: readNumber(raw, 'successThreshold') ?? 1,
    failureThreshold: readNumber(raw, 'failureThreshold') ?? 3,
  };
  const http = readOptionalObject(raw, 'httpGet');
  if (http !== undefined) {
    return defined({
      kind: 'httpGet' as const,
      port: readIntOrString(http, 'port'),
      path: readString(http, 'path') ?? '/',
      scheme: readString(http, 'scheme') === 'HTTPS' ? ('HTTPS' as const) : ('HTTP' as const),
      host: readString(http, 'host'),
      command: [],
      ...timing,
    });
  }
  const tcp = readOptionalObject(raw, 'tcpSocket');
  if (tcp !== undefined) {
    return defined({
      kind: 'tcpSocket' as const,
      port: readIntOrString(tcp, 'port'),
      host: readString(tcp, 'host'),
      command: [],
      ...timing,
    });
  }
  const grpc = readOptionalObject(raw, 'grpc');
  if (grpc !== undefined)
    return defined({ kind: 'grpc' as const, port: readNumber(grpc, 'port'), command: [], ...timing });
  const exec = readOptionalObject(raw, 'exec');
  return exec === undefined ? undefined : { kind: 'exec', command: readStrings(exec, 'command'), ...timing };
}

function projectPreStop(raw: JsonObject): PreStop | undefined {
  const hook = readOptionalObject(readObject(raw, 'lifecycle'), 'preStop');
  if (hook === undefined) return undefined;
  const sleep = readOptionalObject(hook, 'sleep');
  if (sleep !== undefined) return { kind: 'sleep', seconds: readNumber(sleep, 'seconds') ?? 0, command: [] };
  const exec = readOptionalObject(hook, 'exec');
  if (exec !== undefined) {
    const command = readStrings(exec, 'command');
    const seconds = /\bsleep\s+(\d{1,6})/.exec(command.join(' '))?.[1];
    return seconds === undefined ? { kind: 'exec', command } : { kind: 'exec', command, seconds: Number(seconds) };
  }
  return { kind: hasField(hook, 'httpGet') ? 'httpGet' : 'tcpSocket', command: [] };
}

function projectEnv(raw: JsonObject): EnvVar {
  const name = readString(raw, 'name') ?? '';
  const value = readString(raw, 'value');
  const from = readOptionalObject(raw, 'valueFrom');
  if (from === undefined) return value === undefined ? { name } : { name, value };
  for (const [field, kind] of [
    ['configMapKeyRef', 'ConfigMap'],
    ['secretKeyRef', 'Secret'],
  ] as const) {
    const ref = readOptionalObject(from, field);
    if (ref !== undefined) {
      return {
        name,
        from: {
          kind,
          name: readString(ref, 'name') ?? '',
          key: readString(ref, 'key') ?? '',
          optional: readBoolean(ref, 'optional') ?? false,
        },
      };
    }
  }
  const field = readOptionalObject(from, 'fieldRef');
  return {
    name,
    from: {
      kind: field === undefined ? 'resource' : 'field',
      name: '',
      key: field === undefined ? '' : (readString(field, 'fieldPath') ?? ''),
      optional: false,
    },
  };
}

function projectContainer(raw: JsonObject, role: Container['role']): Container {
  return defined({
    name: readString(raw, 'name') ?? '',
    role,
    image: readString(raw, 'image') ?? '',
    command: readStrings(raw, 'command'),
    args: readStrings(raw, 'args'),
    env: readObjects(raw, 'env').map(projectEnv),
    envFrom: readObjects(raw, 'envFrom').flatMap((source) => {
      const map = readOptionalObject(source, 'configMapRef');
      const secret = readOptionalObject(source, 'secretRef');
      const ref = map ?? secret;
      if (ref === undefined) return [];
      return [
        {
          kind: map === undefined ? ('Secret' as const) : ('ConfigMap' as const),
          name: readString(ref, 'name') ?? '',
          prefix: readString(source, 'prefix') ?? '',
          optional: readBoolean(ref, 'optional') ?? false,
        },
      ];
    }),
    ports: readObjects(raw, 'ports').flatMap((port) => {
      const number = readNumber(port, 'containerPort');
      if (number === undefined) return [];
      return [
        defined({
          name: readString(port, 'name'),
          port: number,
          protocol: readProtocol(port),
          hostPort: readNumber(port, 'hostPort'),
        }),
      ];
    }),
    readiness: projectProbe(readOptionalObject(raw, 'readinessProbe')),
    liveness: projectProbe(readOptionalObject(raw, 'livenessProbe')),
    startup: projectProbe(readOptionalObject(raw, 'startupProbe')),
    preStop: projectPreStop(raw),
    mounts: readObjects(raw, 'volumeMounts').map((mount) =>
      defined({
        name: readString(mount, 'name') ?? '',
        path: readString(mount, 'mountPath') ?? '',
        subPath: readString(mount, 'subPath'),
      }),
    ),
    limits: readStringMap(readObject(raw, 'resources'), 'limits'),
    requests: readStringMap(readObject(raw, 'resources'), 'requests'),
  });
}

function projectVolume(raw: JsonObject): Volume {
  const name = readString(raw, 'name') ?? '';
  const map = readOptionalObject(raw, 'configMap');
  if (map !== undefined)
    return {
      name,
      kind: 'ConfigMap',
      source: readString(map, 'name') ?? '',
      optional: readBoolean(map, 'optional') ?? false,
    };
  const secret = readOptionalObject(raw, 'secret');
  if (secret !== undefined)
    return {
      name,
      kind: 'Secret',
      source: readString(secret, 'secretName') ?? '',
      optional: readBoolean(secret, 'optional') ?? false,
    };
  const claim = readOptionalObject(raw, 'persistentVolumeClaim');
  if (claim !== undefined)
    return { name, kind: 'PersistentVolumeClaim', source: readString(claim, 'claimName') ?? '', optional: false };
  return { name, kind: hasField(raw, 'projected') ? 'projected' : 'other', optional: false };
}

export function projectPodSpec(raw: JsonObject): PodSpec {
  const dns = readOptionalObject(raw, 'dnsConfig');
  return defined({
    containers: [
      ...readObjects(raw, 'initContainers').map((entry) =>
        // An init container that restarts always is a native sidecar (KEP-753): it keeps running and may serve.
        projectContainer(entry, readString(entry, 'restartPolicy') === 'Always' ? 'sidecar' : 'init'),
      ),
      ...readObjects(raw, 'containers').map((entry) => projectContainer(entry, 'main')),
    ],
    hostNetwork: readBoolean(raw, 'hostNetwork') ?? false,
    dnsPolicy: readString(raw, 'dnsPolicy') ?? 'ClusterFirst',
    dnsConfig:
      dns === undefined
        ? undefined
        : defined({
            nameservers: readStrings(dns, 'nameservers'),
            searches: readStrings(dns, 'searches'),
            ndots: readNdots(dns),
          }),
    hostname: readString(raw, 'hostname'),
    subdomain: readString(raw, 'subdomain'),
    serviceAccount: readString(raw, 'serviceAccountName') ?? 'default',
    terminationGraceSeconds: readNumber(raw, 'terminationGracePeriodSeconds') ?? 30,
    restartPolicy: readString(raw, 'restartPolicy') ?? 'Always',
    readinessGates: readObjects(raw, 'readinessGates').map((gate) => readString(gate, 'conditionType') ?? ''),
    volumes: readObjects(raw, 'volumes').map(projectVolume),
    hostAliases: readObjects(raw, 'hostAliases').map((alias) => ({
      ip: readString(alias, 'ip') ?? '',
      hostnames: readStrings(alias, 'hostnames'),
    })),
  });
}

function readNdots(dns: JsonObject): number | undefined {
  for (const option of readObjects(dns, 'options')) {
    if (readString(option, 'name') !== 'ndots') continue;
    const value = Number(readIntOrString(option, 'value'));
    if (Number.isInteger(value)) return value;
  }
  return undefined;
}

export function projectTemplate(raw: JsonObject): PodTemplate {
  const meta = readObject(raw, 'metadata');
  return {
    labels: readStringMap(meta, 'labels'),
    annotations: readStringMap(meta, 'annotations'),
    spec: projectPodSpec(readObject(raw, 'spec')),
  };
}

function projectTerminated(raw: JsonObject): Terminated {
  return defined({
    kind: 'terminated' as const,
    reason: readString(raw, 'reason'),
    message: readString(raw, 'message'),
    exitCode: readNumber(raw, 'exitCode'),
    signal: readNumber(raw, 'signal'),
    started: readTime(raw, 'startedAt'),
    finished: readTime(raw, 'finishedAt'),
  });
}

function projectState(raw: JsonObject): ContainerState {
  const waiting = readOptionalObject(raw, 'waiting');
  if (waiting !== undefined)
    return defined({
      kind: 'waiting' as const,
      reason: readString(waiting, 'reason'),
      message: readString(waiting, 'message'),
    });
  const running = readOptionalObject(raw, 'running');
  if (running !== undefined) {
    const since = readTime(running, 'startedAt');
    return since === undefined ? { kind: 'running' } : { kind: 'running', since };
  }
  const terminated = readOptionalObject(raw, 'terminated');
  return terminated === undefined ? { kind: 'none' } : projectTerminated(terminated);
}

function projectStatus(raw: JsonObject): ContainerStatus {
  const last = readOptionalObject(readObject(raw, 'lastState'), 'terminated');
  const started = readBoolean(raw, 'started');
  const status: Writable<ContainerStatus> = {
    name: readString(raw, 'name') ?? '',
    ready: readBoolean(raw, 'ready') ?? false,
    restarts: readNumber(raw, 'restartCount') ?? 0,
    image: readString(raw, 'image') ?? '',
    state: projectState(readObject(raw, 'state')),
  };
  if (started !== undefined) status.started = started;
  if (last !== undefined) status.last = projectTerminated(last);
  return status;
}

/** `share` lets Pods of one template share the projected spec: 150,000 Pods have few different ones. */
export function projectPod(raw: JsonObject, meta: Meta, share: (raw: JsonObject, meta: Meta) => PodSpec): Pod {
  const status = readObject(raw, 'status');
  const conditions = readConditions(status);
  const ips = readObjects(status, 'podIPs').flatMap((entry) => readString(entry, 'ip') ?? []);
  const ip = readString(status, 'podIP');
  const hostIP = readString(status, 'hostIP');
  const nodeName = readString(readObject(raw, 'spec'), 'nodeName');
  const reason = readString(status, 'reason');
  const message = readString(status, 'message');
  const startTime = readTime(status, 'startTime');
  const pod: Writable<Pod> = {
    ...meta,
    kind: 'Pod',
    spec: share(raw, meta),
    phase: readString(status, 'phase') ?? '',
    ips: ips.length > 0 ? ips : ip === undefined ? [] : [ip],
    hostIPs: hostIP === undefined ? [] : [hostIP],
    conditions,
    ready: conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    statuses: [
      ...readObjects(status, 'initContainerStatuses').map(projectStatus),
      ...readObjects(status, 'containerStatuses').map(projectStatus),
    ],
    hasStatus: hasField(raw, 'status') && (conditions.length > 0 || readString(status, 'phase') !== undefined),
  };
  if (nodeName !== undefined) pod.nodeName = nodeName;
  if (reason !== undefined) pod.reason = reason;
  if (message !== undefined) pod.message = message;
  if (startTime !== undefined) pod.startTime = startTime;
  return pod;
}
