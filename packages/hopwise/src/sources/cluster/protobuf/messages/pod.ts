import {
  boolean,
  inline,
  int32,
  int64,
  intOrString,
  kept,
  message,
  nested,
  PRESENCE,
  quantityMap,
  repeated,
  time,
  word,
} from '../message.ts';
import { OBJECT_META } from './meta.ts';

// k8s.io/api/core/v1/generated.proto: Pod and PodTemplateSpec, as far as model/project/pod.ts reads them.

const LOCAL_OBJECT_REFERENCE = message({ 1: word('name') });

/** ConfigMapKeySelector and SecretKeySelector. */
const KEY_SELECTOR = message({ 1: inline(LOCAL_OBJECT_REFERENCE), 2: kept(word('key')), 3: kept(boolean('optional')) });

/** ConfigMapEnvSource and SecretEnvSource. */
const ENV_SOURCE = message({ 1: inline(LOCAL_OBJECT_REFERENCE), 2: kept(boolean('optional')) });

const ENV_VAR_SOURCE = message({
  1: nested('fieldRef', message({ 2: kept(word('fieldPath')) })),
  3: nested('configMapKeyRef', KEY_SELECTOR),
  4: nested('secretKeyRef', KEY_SELECTOR),
});

const EXEC_ACTION = message({ 1: repeated(word('command')) });

const PROBE_HANDLER = message({
  1: nested('exec', EXEC_ACTION),
  2: nested('httpGet', message({ 1: word('path'), 2: kept(intOrString('port')), 3: word('host'), 4: word('scheme') })),
  3: nested('tcpSocket', message({ 1: kept(intOrString('port')), 2: word('host') })),
  4: nested('grpc', message({ 1: kept(int32('port')) })),
});

const PROBE = message({
  1: inline(PROBE_HANDLER),
  2: int32('initialDelaySeconds'),
  3: int32('timeoutSeconds'),
  4: int32('periodSeconds'),
  5: int32('successThreshold'),
  6: int32('failureThreshold'),
});

const LIFECYCLE_HANDLER = message({
  1: nested('exec', EXEC_ACTION),
  2: nested('httpGet', PRESENCE),
  3: nested('tcpSocket', PRESENCE),
  4: nested('sleep', message({ 1: kept(int64('seconds')) })),
});

const CONTAINER = message({
  1: kept(word('name')),
  2: word('image'),
  3: repeated(word('command')),
  4: repeated(word('args')),
  6: repeated(
    nested(
      'ports',
      message({ 1: word('name'), 2: int32('hostPort'), 3: kept(int32('containerPort')), 4: word('protocol') }),
    ),
  ),
  19: repeated(
    nested(
      'envFrom',
      message({ 1: word('prefix'), 2: nested('configMapRef', ENV_SOURCE), 3: nested('secretRef', ENV_SOURCE) }),
    ),
  ),
  7: repeated(
    nested('env', message({ 1: kept(word('name')), 2: word('value'), 3: nested('valueFrom', ENV_VAR_SOURCE) })),
  ),
  8: nested('resources', message({ 1: quantityMap('limits'), 2: quantityMap('requests') })),
  24: kept(word('restartPolicy')),
  9: repeated(
    nested('volumeMounts', message({ 1: kept(word('name')), 3: kept(word('mountPath')), 4: word('subPath') })),
  ),
  10: nested('livenessProbe', PROBE),
  11: nested('readinessProbe', PROBE),
  22: nested('startupProbe', PROBE),
  12: nested('lifecycle', message({ 2: nested('preStop', LIFECYCLE_HANDLER) })),
});

const VOLUME_SOURCE = message({
  6: nested('secret', message({ 1: word('secretName'), 4: kept(boolean('optional')) })),
  10: nested('persistentVolumeClaim', message({ 1: kept(word('claimName')) })),
  19: nested('configMap', message({ 1: inline(LOCAL_OBJECT_REFERENCE), 4: kept(boolean('optional')) })),
  26: nested('projected', PRESENCE),
});

const DNS_CONFIG = message({
  1: repeated(word('nameservers')),
  2: repeated(word('searches')),
  3: repeated(nested('options', message({ 1: word('name'), 2: kept(word('value')) }))),
});

const POD_SPEC = message({
  1: repeated(nested('volumes', message({ 1: kept(word('name')), 2: inline(VOLUME_SOURCE) }))),
  20: repeated(nested('initContainers', CONTAINER)),
  2: repeated(nested('containers', CONTAINER)),
  3: word('restartPolicy'),
  4: kept(int64('terminationGracePeriodSeconds')),
  6: word('dnsPolicy'),
  8: word('serviceAccountName'),
  10: word('nodeName'),
  11: boolean('hostNetwork'),
  16: word('hostname'),
  17: word('subdomain'),
  23: repeated(nested('hostAliases', message({ 1: kept(word('ip')), 2: repeated(word('hostnames')) }))),
  26: nested('dnsConfig', DNS_CONFIG),
  28: repeated(nested('readinessGates', message({ 1: kept(word('conditionType')) }))),
});

export const POD_TEMPLATE = message({ 1: nested('metadata', OBJECT_META), 2: nested('spec', POD_SPEC) });

const POD_CONDITION = message({
  1: kept(word('type')),
  2: kept(word('status')),
  4: time('lastTransitionTime'),
  5: word('reason'),
  6: word('message'),
});

const CONTAINER_STATE = message({
  1: nested('waiting', message({ 1: word('reason'), 2: word('message') })),
  2: nested('running', message({ 1: time('startedAt') })),
  3: nested(
    'terminated',
    message({
      1: kept(int32('exitCode')),
      2: int32('signal'),
      3: word('reason'),
      4: word('message'),
      5: time('startedAt'),
      6: time('finishedAt'),
    }),
  ),
});

const CONTAINER_STATUS = message({
  1: kept(word('name')),
  2: nested('state', CONTAINER_STATE),
  3: nested('lastState', CONTAINER_STATE),
  4: kept(boolean('ready')),
  5: kept(int32('restartCount')),
  6: kept(word('image')),
  9: kept(boolean('started')),
});

const POD_STATUS = message({
  1: word('phase'),
  2: repeated(nested('conditions', POD_CONDITION)),
  3: word('message'),
  4: word('reason'),
  5: word('hostIP'),
  6: word('podIP'),
  12: repeated(nested('podIPs', message({ 1: kept(word('ip')) }))),
  7: time('startTime'),
  10: repeated(nested('initContainerStatuses', CONTAINER_STATUS)),
  8: repeated(nested('containerStatuses', CONTAINER_STATUS)),
});

export const POD = message({
  1: nested('metadata', OBJECT_META),
  2: nested('spec', POD_SPEC),
  3: nested('status', POD_STATUS),
});
