import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Meta } from '../model/meta.ts';
import { configMapsOf } from './config-source.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';

/** How long the app keeps an idle connection, as far as its configuration or its runtime tells. */
export interface AppIdleTimeout {
  readonly seconds: number;
  readonly evidence: Evidence;
  /** The place of the value, when it is one that a patch can change: the whole text and how to write another time into it. */
  readonly place?: { readonly object: ObjectId; readonly path: string; readonly write: (seconds: number) => string };
}

interface Words {
  readonly pattern: RegExp;
  readonly unit: number;
}

/** Environment variables that people name so; times above this are milliseconds. */
const ENV_NAME =
  /KEEP_?ALIVE.*TIMEOUT|TIMEOUT.*KEEP_?ALIVE|^(?:HTTP_|SERVER_)?IDLE_TIMEOUT(?:_MS|_SECONDS)?$|^KEEP_?ALIVE$/i;
const SURELY_MS = 1000;

/** Flags and directives: gunicorn and hypercorn, uvicorn, NGINX, Apache httpd, Spring Boot. */
const WORDS: readonly Words[] = [
  { pattern: /(--timeout-keep-alive[= ])(\d{1,6})/, unit: 1000 },
  { pattern: /(--keep-alive[= ])(\d{1,6})/, unit: 1000 },
  { pattern: /(\bkeepalive_timeout\s{1,10})(\d{1,6})s?\b/, unit: 1000 },
  { pattern: /(\bKeepAliveTimeout\s{1,10})(\d{1,6})\b(?!ms)/, unit: 1000 },
  { pattern: /(\bkeep-alive-timeout[=:]\s{0,4})(\d{1,9})s\b/, unit: 1000 },
  { pattern: /(\bkeep-alive-timeout[=:]\s{0,4})(\d{1,9})(?:ms)?\b/, unit: 1 },
];

export function appIdleTimeout(model: ClusterModel, pod: Pod, seen: PathObservations): AppIdleTimeout | undefined {
  return fromEnv(model, pod) ?? fromWords(model, pod) ?? byRuntime(model, pod, seen);
}

function fromEnv(model: ClusterModel, pod: Pod): AppIdleTimeout | undefined {
  const { owner, prefix } = ownerOf(model, pod);
  for (const [at, container] of mainsOf(pod).entries()) {
    for (const [index, { name, value }] of container.env.entries()) {
      if (value === undefined || !ENV_NAME.test(name) || !/^\d{1,9}$/.test(value)) continue;
      const unit = /_MS$/i.test(name) || Number(value) >= SURELY_MS ? 1 : 1000;
      const path = `${prefix}.containers[${at}].env[${index}].value`;
      const seconds = (Number(value) * unit) / 1000;
      const evidence = citeField(owner, path, `${name}=${value}: the app keeps idle connections ${seconds} s`, value);
      const write = (wanted: number): string => String((wanted * 1000) / unit);
      return { seconds, evidence, place: { object: idOf(owner), path, write } };
    }
  }
  return undefined;
}

/** Flags in args, command and environment, directives in ConfigMaps that the Pod uses. */
function fromWords(model: ClusterModel, pod: Pod): AppIdleTimeout | undefined {
  const { owner, prefix } = ownerOf(model, pod);
  for (const [at, container] of mainsOf(pod).entries()) {
    const texts = [
      ...container.args.map((text, index) => [`args[${index}]`, text] as const),
      ...container.command.map((text, index) => [`command[${index}]`, text] as const),
      ...container.env.map(({ value }, index) => [`env[${index}].value`, value ?? ''] as const),
    ];
    for (const [index, text] of texts) {
      const found = readWords(owner, `${prefix}.containers[${at}].${index}`, text);
      if (found !== undefined) return found;
    }
  }
  for (const name of configMapsOf(pod)) {
    const map = model.get('ConfigMap', pod.namespace, name);
    if (map.state !== 'found') continue;
    for (const [key, text] of Object.entries(map.value.data)) {
      const found = readWords(map.value, `data["${key}"]`, text);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function readWords(object: Meta, path: string, text: string): AppIdleTimeout | undefined {
  for (const { pattern, unit } of WORDS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const seconds = (Number(match[2]) * unit) / 1000;
    const evidence = citeField(
      object,
      path,
      `${match[0].trim()}: the app keeps idle connections ${seconds} s`,
      match[0],
    );
    const write = (wanted: number): string =>
      text.replace(match[0], () => match[0].replace(match[2] ?? '', String((wanted * 1000) / unit)));
    return { seconds, evidence, place: { object: idOf(object), path, write } };
  }
  return undefined;
}

interface Runtime {
  readonly name: string;
  readonly image: RegExp;
  readonly line: RegExp;
  readonly seconds: number;
}

/**
 * Defaults: Node http.Server keepAliveTimeout 5 s; gunicorn keepalive 2 s; uvicorn timeout_keep_alive 5 s; Puma
 * persistent_timeout 20 s; Tomcat connectionTimeout 60 s (20 s in its server.xml); Apache httpd KeepAliveTimeout 5 s; Jetty
 * idleTimeout 30 s; NGINX keepalive_timeout 75 s.
 */
const RUNTIMES: readonly Runtime[] = [
  { name: 'gunicorn', image: /gunicorn/, line: /\bgunicorn\b/i, seconds: 2 },
  { name: 'uvicorn', image: /uvicorn/, line: /\bUvicorn running on\b/, seconds: 5 },
  { name: 'Puma', image: /(?:^|\/)puma(?:$|[:@])/, line: /\bPuma (?:starting|version)\b/, seconds: 20 },
  { name: 'Tomcat’s server.xml', image: /(?:^|\/)tomcat(?:$|[:@])/, line: /^$/, seconds: 20 },
  { name: 'Tomcat', image: /^$/, line: /\bTomcat (?:started|initialized)\b/, seconds: 60 },
  { name: 'Jetty', image: /(?:^|\/)jetty(?:$|[:@])/, line: /\bJetty started\b|\boejs\.Server\b/, seconds: 30 },
  { name: 'Apache httpd', image: /(?:^|\/)(?:httpd|php:[^ ]{0,40}apache)/, line: /\bApache\/2\.\d/, seconds: 5 },
  { name: 'Node', image: /(?:^|\/)node(?:$|[:@])/, line: /\bnode v?\d{1,2}\.\d|\bNode\.js v?\d/i, seconds: 5 },
  { name: 'NGINX', image: /(?:^|\/)nginx(?:-unprivileged)?(?:$|[:@])/, line: /^$/, seconds: 75 },
];

function byRuntime(model: ClusterModel, pod: Pod, seen: PathObservations): AppIdleTimeout | undefined {
  const { owner, prefix } = ownerOf(model, pod);
  const lines = [...seen.app.listens, ...seen.app.events];
  for (const { name, image, line, seconds } of RUNTIMES) {
    const text = `${name} keeps idle connections ${seconds} s unless it is told otherwise`;
    const at = mainsOf(pod).findIndex((container) => image.test(container.image));
    if (at !== -1) return { seconds, evidence: citeField(owner, `${prefix}.containers[${at}].image`, text) };
    const said = lines.find((entry) => line.test(entry.at.quote));
    if (said !== undefined) return { seconds, evidence: logEvidence(said, text) };
  }
  return undefined;
}

function mainsOf(pod: Pod): Pod['spec']['containers'] {
  return pod.spec.containers.filter((container) => container.role === 'main');
}

function ownerOf(model: ClusterModel, pod: Pod): { readonly owner: Meta; readonly prefix: string } {
  const owner = model.object(model.controllerOf(pod));
  return owner === undefined || owner.kind === 'Pod'
    ? { owner: pod, prefix: 'spec' }
    : { owner, prefix: 'spec.template.spec' };
}
