import { loadAll } from 'js-yaml';
import { ModelBuilder } from '../../model/builder.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type { Dialect, DialectResult } from '../dialect.ts';
import { compileGateway, type MatchResult } from '../match/compile-gateway.ts';
import { parseRequest } from '../parse-request.ts';

/** Manifests (YAML documents, v1 Lists opened) as a model; all kinds in `complete` count as completely read. */
export function modelOf(yaml: string, complete: readonly string[] = []): ClusterModel {
  return modelOfObjects(readObjects(yaml), complete);
}

export function modelOfObjects(objects: readonly JsonObject[], complete: readonly string[] = []): ClusterModel {
  const builder = new ModelBuilder();
  for (const raw of objects) builder.add(raw, { file: 'cluster.yaml' });
  for (const kind of complete) builder.cover({ kind, state: 'complete' });
  return builder.build();
}

export function readObjects(yaml: string): readonly JsonObject[] {
  return loadAll(yaml).flatMap((document) => {
    const object = document as JsonObject | null;
    if (object === null) return [];
    return object.kind === 'List' ? (object.items as readonly JsonObject[]) : [object];
  });
}

/** What the dialect makes of a request `METHOD URL [Header: value]…`, in one line that a test can compare. */
export function ask(dialect: Dialect, model: ClusterModel, line: string): string {
  return describe(line, askAll(dialect.toRoutes(model), line));
}

export function askAll(result: DialectResult, line: string): MatchResult | undefined {
  const request = requestOf(line);
  const answers = result.gateways.map((gateway) => compileGateway(gateway).match(request));
  return answers.find(({ rule }) => rule !== undefined) ?? answers[0];
}

export function requestOf(line: string) {
  const [target = '', ...headers] = line.split(' | ');
  const [method = 'GET', url = ''] = target.split(' ');
  const parsed = parseRequest({
    url,
    method,
    headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])),
  });
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.request;
}

function describe(line: string, match: MatchResult | undefined): string {
  if (match === undefined) return 'no gateway';
  const { action, captures } = match;
  const request = requestOf(line);
  switch (action.kind) {
    case 'none':
    case 'fixed':
      return `${action.kind} ${action.status}`;
    case 'redirect':
      return `redirect ${action.status} ${action.location(request, captures)}`;
    case 'backends': {
      const { path, host, headers } = action.rewrite;
      const backends = action.backends.map((backend) => {
        const weight = backend.weight === 1 ? '' : ` x${backend.weight}`;
        const role = backend.role === undefined ? '' : ` ${backend.role}`;
        const refused = backend.refused === undefined ? '' : ` refused ${backend.refused.status}`;
        return `${backend.object}:${backend.port}${weight}${role}${refused}`;
      });
      return [
        backends.join(' + '),
        ...(path === undefined ? [] : [`path ${path(request, captures)}`]),
        ...(host === undefined ? [] : [`host ${host}`]),
        ...Object.entries(headers ?? {}).map(([name, value]) => `${name}=${value}`),
      ].join(', ');
    }
  }
}
