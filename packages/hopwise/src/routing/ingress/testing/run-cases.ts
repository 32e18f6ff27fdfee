import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { splitId } from '../../../base/object-id.ts';
import { ModelBuilder } from '../../../model/builder.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import type { Dialect, DialectResult } from '../../dialect.ts';
import { compileGateway } from '../../match/compile-gateway.ts';
import { explainLosers } from '../../match/explain-losers.ts';
import type { Request } from '../../request.ts';
import type { Action } from '../../route-table.ts';

/**
 * Runs every `cases/*.yaml` of a dialect. The first document of a file is the questions:
 *
 *     ask:
 *       - GET https://shop.example.com/api: Service/shop/api:80 /api
 *     notes: [what notUnderstood must say]        unattached, clashes, losers, rejects: the same, each a part of the line
 *     collected: [Secret]                         kinds of which nothing more exists
 *
 * The rest are objects. Where a file holds no controller, IngressClass or Services, the usual ones are added.
 */
export function runDialectCases(dialect: Dialect, folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    describe(file, () => runFile(dialect, readFileSync(join(folder, file), 'utf8'), file));
  }
}

interface Questions {
  readonly ask?: readonly Readonly<Record<string, string>>[];
  readonly notes?: readonly string[];
  readonly unattached?: readonly string[];
  readonly clashes?: readonly string[];
  readonly rejects?: readonly string[];
  readonly losers?: readonly Readonly<Record<string, string>>[];
  readonly settings?: readonly Readonly<Record<string, string>>[];
  readonly collected?: readonly string[];
  readonly version?: string;
  readonly args?: readonly string[];
  readonly services?: boolean;
}

function runFile(dialect: Dialect, text: string, file: string): void {
  const [first, ...objects] = loadAll(text) as [Questions, ...JsonObject[]];
  const model = buildModel(first, objects, file);
  const result = dialect.toRoutes(model);
  for (const entry of first.ask ?? []) {
    for (const [question, want] of Object.entries(entry)) {
      test(question, () => expect(answer(result, question)).toBe(want));
    }
  }
  for (const entry of first.losers ?? []) {
    for (const [question, want] of Object.entries(entry)) {
      test(`losers of ${question}`, () => expect(losersOf(result, question)).toContain(want));
    }
  }
  for (const entry of first.settings ?? []) {
    for (const [question, want] of Object.entries(entry)) {
      test(`settings of ${question}`, () => expect(settingsOf(result, question)).toContain(want));
    }
  }
  const lists = {
    notes: [...result.notUnderstood, ...result.gateways.flatMap((gateway) => gateway.notUnderstood)].map(
      (note) => `${note.object} ${note.path}: ${note.why}`,
    ),
    unattached: result.unattached.map(
      (route) => `${route.object} ${route.reason} ${route.certainty} ${route.field}: ${route.why}`,
    ),
    clashes: result.clashes.map(
      (clash) => `${clash.host}${clash.path}: ${clash.winner.object} over ${clash.loser.object}`,
    ),
    rejects: result.gateways
      .flatMap((gateway) => gateway.rejects ?? [])
      .map((reject) => `${reject.object} ${reject.path}: ${reject.why}`),
  };
  for (const [name, lines] of Object.entries(lists)) {
    const wanted = first[name as keyof typeof lists];
    if (wanted === undefined) continue;
    test(name, () => {
      expect(lines).toHaveLength(wanted.length);
      for (const part of wanted) expect(lines.join('\n')).toContain(part);
    });
  }
}

function buildModel(questions: Questions, objects: readonly JsonObject[], file: string): ClusterModel {
  const builder = new ModelBuilder();
  const kinds = new Set(objects.map((object) => object.kind));
  const all = [...objects];
  if (!kinds.has('IngressClass')) all.push(ingressClass());
  if (!kinds.has('Pod')) all.push(controllerPod(questions));
  if (!kinds.has('Service') && questions.services !== false) all.push(...namedServices(objects));
  all.push({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: { containers: [] },
    status: { phase: 'Running' },
  });
  for (const object of all) builder.add(object, { file });
  for (const kind of [
    'Pod',
    'IngressClass',
    'Ingress',
    'Service',
    'EndpointSlice',
    'ConfigMap',
    ...(questions.collected ?? []),
  ]) {
    builder.cover({ kind, state: 'complete' });
  }
  return builder.build();
}

function ingressClass(): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  };
}

function controllerPod(questions: Questions): JsonObject {
  const args = [
    '/nginx-ingress-controller',
    '--ingress-class=nginx',
    '--configmap=$(POD_NAMESPACE)/settings',
    ...(questions.args ?? []),
  ];
  const image = `registry.k8s.io/ingress-nginx/controller:v${questions.version ?? '1.13.0'}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'controller', namespace: 'ingress', labels: { app: 'controller' } },
    spec: {
      containers: [
        {
          name: 'controller',
          image,
          args,
          ports: [
            { containerPort: 80, name: 'http' },
            { containerPort: 443, name: 'https' },
          ],
        },
      ],
    },
    status: { phase: 'Running', podIP: '10.0.0.2' },
  };
}

/** A Service with one ready endpoint for every one that an Ingress names, port 80. */
function namedServices(objects: readonly JsonObject[]): JsonObject[] {
  const names = new Set<string>();
  for (const object of objects) {
    if (object.kind !== 'Ingress') continue;
    const namespace = (object.metadata as { namespace?: string }).namespace ?? 'default';
    for (const [, name] of JSON.stringify(object).matchAll(/"service":\{"name":"([^"]+)"/g))
      names.add(`${namespace}/${name}`);
  }
  return [...names].flatMap((key) => {
    const [namespace = '', name = ''] = key.split('/');
    const labels = { 'kubernetes.io/service-name': name };
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace },
        spec: { clusterIP: '10.96.0.9', ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-1`, namespace, labels },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: true } }],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ] as JsonObject[];
  });
}

/** `GET https://host/path?query -H "name: value"`. */
function readQuestion(question: string): Request {
  const [, method = 'GET', scheme = 'http', authority = '', path = '', query = '', rest = ''] =
    /^(\S+) (https?):\/\/([^/?\s]+)([^?\s]*)(\?\S*)?(.*)$/.exec(question) ?? [];
  const headers: Record<string, string> = {};
  for (const [, name = '', value = ''] of rest.matchAll(/-H "([^:]+): ([^"]*)"/g)) headers[name.toLowerCase()] = value;
  const [name = '', port] = authority.split(':');
  const tls = scheme === 'https';
  return {
    method,
    url: question,
    scheme: scheme as 'http' | 'https',
    host: name.toLowerCase(),
    urlHost: name.toLowerCase(),
    port: port === undefined ? (tls ? 443 : 80) : Number(port),
    path: path === '' ? '/' : path,
    query,
    headers,
    protocol: tls ? 'https' : 'http',
    tls,
  };
}

function answer(result: DialectResult, question: string): string {
  const request = readQuestion(question);
  const [gateway] = result.gateways;
  if (gateway === undefined) return 'no gateway';
  const found = compileGateway(gateway).match(request);
  const sure = found.uncertain.length === 0 ? '' : 'unsure: ';
  return sure + describeAction(found.action, request, found.captures);
}

function describeAction(action: Action, request: Request, captures: readonly string[]): string {
  switch (action.kind) {
    case 'redirect':
      return `${action.status} ${action.location(request, captures)}`;
    case 'fixed':
    case 'none':
      return `${action.status}${action.kind === 'none' ? ' none' : ''}`;
    case 'backends': {
      const total = action.backends.reduce((sum, backend) => sum + backend.weight, 0);
      const backends = action.backends.map((backend) => {
        const share = backend.weight === total ? '' : ` ${Math.round((100 * backend.weight) / total)}%`;
        return `${backend.object}${backend.port === undefined ? '' : `:${backend.port}`}${share}`;
      });
      const path = action.rewrite.path?.(request, captures) ?? request.path + request.query;
      const { host: given } = action.rewrite;
      const written = typeof given === 'function' ? given(request) : given;
      const host = written === undefined || written === request.host ? '' : ` host ${written}`;
      const headers = Object.entries(action.rewrite.headers ?? {}).map(([name, value]) => ` ${name}=${value}`);
      return `${backends.join(' + ')} ${path}${host}${headers.join('')}`;
    }
  }
}

function losersOf(result: DialectResult, question: string): string {
  const request = readQuestion(question);
  return result.gateways
    .flatMap((gateway) => {
      const compiled = compileGateway(gateway);
      return explainLosers(compiled, request, compiled.match(request));
    })
    .map((loser) => `${splitId(loser.object).name} ${loser.field}: ${loser.why}`)
    .join('\n');
}

function settingsOf(result: DialectResult, question: string): string {
  const [gateway] = result.gateways;
  if (gateway === undefined) return 'no gateway';
  const { settings = {} } = compileGateway(gateway).match(readQuestion(question)).rule ?? {};
  return Object.entries(settings)
    .map(
      ([name, setting]: [string, { value: unknown; from: { kind: string; path?: string } }]) =>
        `${name} ${JSON.stringify(setting.value)} ${setting.from.path ?? 'default'}`,
    )
    .join('\n');
}
