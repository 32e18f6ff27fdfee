import type { ClusterModel } from '../model/cluster-model.ts';
import type { ConfigMap } from '../model/kinds/cluster.ts';
import { configMapsOf } from './config-source.ts';
import { podsOnPath } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** An NGINX configuration inside the backend's own Pods, as a ConfigMap holds it. */
export interface NestedProxy {
  readonly map: ConfigMap;
  readonly key: string;
  readonly text: string;
  /** Its first proxy_pass line. */
  readonly line: string;
}

const PROXY_PASS = /^([ \t]*)proxy_pass[ \t][^;]{1,500};/;
const LONGEST = 200_000;

/** NGINX configurations that pass requests on to the app. Configurations built into images are not seen. */
export function nestedProxies({
  model,
  trace,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
}): readonly NestedProxy[] {
  const pod = podsOnPath(trace)[0];
  if (pod === undefined) return [];
  return configMapsOf(pod).flatMap((name) => {
    const map = model.get('ConfigMap', pod.namespace, name);
    if (map.state !== 'found') return [];
    return Object.entries(map.value.data).flatMap(([key, text]) => {
      if (text.length > LONGEST || !/\blocation\b/.test(text)) return [];
      const line = text.split('\n').find((entry) => PROXY_PASS.test(entry));
      return line === undefined ? [] : [{ map: map.value, key, text, line: line.trim() }];
    });
  });
}

/** The configuration with more directives behind each proxy_pass, so that they stand in the same block. */
export function withDirectives(text: string, directives: readonly string[]): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const indent = PROXY_PASS.exec(line)?.[1];
      return indent === undefined ? [line] : [line, ...directives.map((directive) => `${indent}${directive}`)];
    })
    .join('\n');
}
