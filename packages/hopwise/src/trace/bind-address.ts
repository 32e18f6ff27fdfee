import { pointerOf } from '../base/json-pointer.ts';
import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container, Pod } from '../model/kinds/pod.ts';
import type { Json } from '../sources/contract.ts';
import { configMapsOf, findConfigSource } from './config-source.ts';
import { containerPath } from './lifecycle/container-place.ts';
import { workloadOf } from './path-queries.ts';

/** Where a process is told to listen on a loopback address, and the patch that makes it listen on all addresses. */
export interface LoopbackSetting {
  readonly object: ObjectId;
  readonly value: string;
  readonly evidence: Evidence;
  readonly patch: readonly Json[];
}

const LOOPBACK = String.raw`(?:127\.0\.0\.1|localhost|\[::1\]|::1)`;
/** Flags that name the address a server binds; flags of the same shape about somebody else's address are left out below. */
const FLAG = new RegExp(
  String.raw`(?:^|[\s"'])(--?[A-Za-z][\w.-]{0,40})(?:[= ]|$)["']?(?:https?:\/\/)?(${LOOPBACK})(?::(\d{1,5}))?(?=[\s"',]|$)`,
);
const BINDS =
  /^--?(?:(?:http|https|web|server|listen|bind|app|api|grpc|ui|serve)[._-]?)*(?:host|hostname|bind|listen|addr|address|ip|interface)$|^-[bHlL]$/i;
const FOREIGN =
  /redis|db|database|sql|mongo|postgres|upstream|target|backend|remote|metrics|admin|health|debug|pprof|statsd|master|kafka|smtp|elastic|proxy|peer|server-url|etcd|trac|otel|telemetry/i;
/** Variables by which frameworks and servers take their own address. */
const VARIABLE =
  /^(?:(?:APP|SERVER|WEB|HTTP|API|UVICORN|FLASK_RUN|NITRO|VITE|DJANGO|RAILS|GF_SERVER_HTTP|N8N|JUPYTER|STREAMLIT_SERVER|GRADIO_SERVER|NEXT)_)?(?:HOST|HOSTNAME|BIND|LISTEN|ADDR|ADDRESS|BIND_(?:ADDR|ADDRESS|HOST|IP)|BINDING|LISTEN_(?:ADDR|ADDRESS|HOST|ON)|HTTP_ADDR|SERVER_NAME)$|^(?:ASPNETCORE_URLS|URLS|GUNICORN_CMD_ARGS)$/;

/** The setting that binds the container's server for this port to loopback, in its command, arguments or variables. */
export function loopbackSetting(model: ClusterModel, pod: Pod, port: number): LoopbackSetting | undefined {
  for (const container of pod.spec.containers) {
    if (container.role === 'init') continue;
    const fits = container.ports.some((entry) => entry.port === port) || pod.spec.containers.length === 1;
    const found = inWords(container, port, fits) ?? inVariables(container, port, fits);
    if (found === undefined) continue;
    const owner = workloadOf(model, pod) ?? pod;
    const path = `${containerPath(owner, pod.spec, container)}.${found.field}`;
    const pointer = pointerOf(path);
    return {
      object: model.controllerOf(pod),
      value: found.value,
      evidence: citeField(
        owner,
        path,
        `it is told to listen on loopback: ${found.value.slice(0, 120)}`,
        found.value.slice(0, 120),
      ),
      patch: pointer === undefined ? [] : [{ op: 'replace', path: pointer, value: opened(found.value) }],
    };
  }
  return undefined;
}

/** Words of a line that binds an address, and of one that calls it. */
const BINDING = /listen|bind|addr|host|server|endpoint/i;
const CALLING = /target|upstream|proxy_pass|backend|scrape|url|dial|connect|client/i;

/** The same from a mounted configuration file that binds the loopback address with this very port. */
export function loopbackConfigMap(model: ClusterModel, pod: Pod, port: number): LoopbackSetting | undefined {
  if (configMapsOf(pod).length === 0) return undefined;
  for (const address of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const source = findConfigSource(model, pod, address);
    if (source === undefined || !source.object.startsWith('ConfigMap/')) continue;
    if (!BINDING.test(source.value) || CALLING.test(source.value)) continue;
    const map = model.object(source.object);
    const key = /^data\["(.+)"\]$/.exec(source.path)?.[1];
    const text =
      map !== undefined && 'data' in map && key !== undefined
        ? (map.data as Readonly<Record<string, string>>)[key]
        : undefined;
    const pointer = pointerOf(source.path);
    if (map === undefined || text === undefined || pointer === undefined) continue;
    const value = text.replace(source.value, opened(source.value));
    return {
      object: idOf(map),
      value: source.value,
      evidence: source.evidence,
      patch: [{ op: 'replace', path: pointer, value }],
    };
  }
  return undefined;
}

interface Hit {
  readonly field: string;
  readonly value: string;
}

function inWords(container: Container, port: number, fits: boolean): Hit | undefined {
  for (const list of ['args', 'command'] as const) {
    const words = container[list];
    for (const [index, word] of words.entries()) {
      // `--host 127.0.0.1` may be two words; the second is where the address stands.
      const alone = new RegExp(`^(?:https?:\\/\\/)?${LOOPBACK}(?::\\d{1,5})?$`).test(word);
      const text = alone ? `${words[index - 1] ?? ''} ${word}` : word;
      const match = FLAG.exec(text);
      if (match === null || !BINDS.test(match[1] ?? '') || FOREIGN.test(match[1] ?? '')) continue;
      if (match[3] === undefined ? !fits || otherPort(words, port) : Number(match[3]) !== port) continue;
      return { field: `${list}[${index}]`, value: word };
    }
  }
  return undefined;
}

/** `--port 9000` beside the host flag says that the flag is about another port. */
function otherPort(words: readonly string[], port: number): boolean {
  const said = /(?:^|\s)(?:--port|-p)[= ](\d{1,5})(?=\s|$)/.exec(words.join(' '))?.[1];
  return said !== undefined && Number(said) !== port;
}

function inVariables(container: Container, port: number, fits: boolean): Hit | undefined {
  for (const [index, { name, value }] of container.env.entries()) {
    if (value === undefined || !VARIABLE.test(name)) continue;
    const match = new RegExp(`(?:^|[\\s=/])${LOOPBACK}(?::(\\d{1,5}))?(?=[\\s;,]|$)`).exec(value);
    if (match === null || (match[1] === undefined ? !fits : Number(match[1]) !== port)) continue;
    return { field: `env[${index}].value`, value };
  }
  return undefined;
}

function opened(value: string): string {
  return value.replace(/127\.0\.0\.1|localhost/, '0.0.0.0').replace(/\[::1\]/, '[::]');
}
