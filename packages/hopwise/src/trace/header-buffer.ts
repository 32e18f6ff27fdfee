import { valueOf } from '../base/lookup.ts';
import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { JsonObject } from '../sources/contract.ts';
import { citeSetting } from './cite-setting.ts';
import { configMapsOf } from './config-source.ts';
import { nestedProxies, withDirectives } from './nested-proxy.ts';
import { podsOnPath, workloadOf } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Where the buffer that a response header must fit into is set. */
export interface HeaderBuffer {
  readonly object: ObjectId;
  /** Bytes, when known. */
  readonly limit: number | undefined;
  readonly evidence: readonly Evidence[];
  readonly advice: string;
  readonly patches: readonly {
    readonly object: ObjectId;
    readonly type: 'merge' | 'json';
    readonly patch: JsonObject | readonly JsonObject[];
  }[];
  readonly reached: (after: Asked) => boolean;
  /** A ConfigMap that may hold it was not read. */
  readonly unsure?: boolean;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

const LEAST = 16_384;
/** NGINX's proxy_buffer_size is a memory page (ngx_http_proxy_module). */
const NGINX_DEFAULT = 4096;

/** The gateway's own buffer: set on the route, in its ConfigMap or its environment. */
export function gatewayBuffer({ model, trace }: Asked): HeaderBuffer | undefined {
  const setting = trace.rule?.settings.responseHeaderLimit;
  const controller = `${trace.gateway?.controller ?? ''} ${trace.gateway?.dialect ?? ''}`;
  if (/kong/.test(controller)) return kongBuffer({ model, trace });
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  if (route === undefined) return undefined;
  const wanted = Math.max(LEAST, (setting?.value ?? NGINX_DEFAULT) * 2);
  const size = `${wanted / 1024}k`;
  const cited =
    setting === undefined
      ? undefined
      : (citeSetting(model, setting, `the buffer is ${setting.value} bytes`) ??
        citeField(route, 'metadata.annotations', `no buffer size is set: the default is ${setting.value} bytes`));
  const from = setting?.from;
  const key = /nginx\.org/.test(controller)
    ? 'nginx.org/proxy-buffer-size'
    : /ingress-nginx/.test(controller)
      ? 'nginx.ingress.kubernetes.io/proxy-buffer-size'
      : undefined;
  const inMap = from?.kind === 'field' && from.object.startsWith('ConfigMap/') ? from.object : undefined;
  const object = inMap ?? idOf(route);
  const patch: JsonObject | undefined =
    inMap !== undefined
      ? { data: { 'proxy-buffer-size': size } }
      : key === undefined
        ? undefined
        : { metadata: { annotations: { [key]: size } } };
  return {
    object,
    limit: setting?.value,
    evidence: cited === undefined ? [] : [cited],
    advice: patch === undefined ? 'Raise the proxy’s response header buffer' : `Raise proxy-buffer-size to ${size}`,
    patches: patch === undefined ? [] : [{ object, type: 'merge', patch }],
    reached: (after) => (after.trace.rule?.settings.responseHeaderLimit?.value ?? 0) >= wanted,
  };
}

const KONG_BUFFER = 'KONG_NGINX_PROXY_PROXY_BUFFER_SIZE';
const KONG_BUFFERS = 'KONG_NGINX_PROXY_PROXY_BUFFERS';

/** Kong takes NGINX directives from its environment (Kong Gateway documentation, "Nginx directives"). */
function kongBuffer({ model, trace }: Asked): HeaderBuffer | undefined {
  const pod = (valueOf(trace.callers) ?? [])[0];
  const owner = pod === undefined ? undefined : workloadOf(model, pod);
  if (pod === undefined || owner === undefined) return undefined;
  const containers = owner.template.spec.containers.filter((entry) => entry.role === 'main');
  const index = Math.max(
    0,
    containers.findIndex((entry) => /(?:^|\/)kong(?:-gateway)?(?:$|[:@])/.test(entry.image)),
  );
  const set = containers[index]?.env.find((entry) => entry.name === KONG_BUFFER);
  const env = [
    { name: KONG_BUFFER, value: '16k' },
    { name: KONG_BUFFERS, value: '8 16k' },
  ];
  const path = `/spec/template/spec/containers/${index}/env`;
  const patch =
    (containers[index]?.env.length ?? 0) === 0
      ? [{ op: 'add', path, value: env }]
      : env.map((value) => ({ op: 'add', path: `${path}/-`, value }));
  const object = idOf(owner);
  const text =
    set === undefined
      ? `${KONG_BUFFER} is not set: the default is one page, 4 or 8 KiB`
      : `${KONG_BUFFER}=${set.value}`;
  return {
    object,
    limit: undefined,
    evidence: [citeField(owner, `spec.template.spec.containers[${index}].env`, text)],
    advice: `Set ${KONG_BUFFER} and ${KONG_BUFFERS}`,
    patches: set === undefined ? [{ object, type: 'json', patch }] : [],
    reached: (after) => kongBuffer(after)?.patches.length === 0,
  };
}

/** The buffer of an NGINX inside the backend's Pods. */
export function nestedBuffer(world: Asked): HeaderBuffer | undefined {
  const { model, trace } = world;
  const nested = nestedProxies(world).find(({ text }) => !/\bproxy_buffer_size\b/.test(text));
  const pod = podsOnPath(trace)[0];
  if (nested === undefined)
    return pod === undefined
      ? undefined
      : {
          object: model.controllerOf(pod),
          limit: undefined,
          evidence: [],
          advice: 'Raise proxy_buffer_size in the NGINX of these Pods',
          patches: [],
          reached: () => false,
          unsure: configMapsOf(pod).some((name) => model.get('ConfigMap', pod.namespace, name).state === 'unknown'),
        };
  const { map, key, line } = nested;
  const object = idOf(map);
  const text = withDirectives(nested.text, ['proxy_buffer_size 16k;', 'proxy_buffers 8 16k;']);
  const cited = citeField(
    map,
    `data["${key}"]`,
    `no proxy_buffer_size is set: the default is one page, 4 or 8 KiB`,
    line,
  );
  return {
    object,
    limit: undefined,
    evidence: [cited],
    advice: `Set proxy_buffer_size in ${key}, then restart the Pods`,
    patches: [{ object, type: 'merge', patch: { data: { [key]: text } } }],
    reached: (after) => nestedProxies(after).every((entry) => /\bproxy_buffer_size\b/.test(entry.text)),
  };
}
