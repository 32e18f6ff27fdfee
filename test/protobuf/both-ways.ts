import { request } from 'node:https';
import { ownKind, projectOwn } from '../../packages/hopwise/src/model/project/index.ts';
import { projectMeta } from '../../packages/hopwise/src/model/project/meta.ts';
import { projectPodSpec } from '../../packages/hopwise/src/model/project/pod.ts';
import { readObject } from '../../packages/hopwise/src/model/project/read.ts';
import { decodeList, PROTOBUF_MEDIA_TYPE } from '../../packages/hopwise/src/sources/cluster/protobuf/decode-list.ts';
import type { JsonObject } from '../../packages/hopwise/src/sources/contract.ts';
import { redactObject } from '../../packages/hopwise/src/sources/reading/redact.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';

/** One list as the API server gives it in both forms. */
export interface Answers {
  readonly json: string;
  readonly protobuf: Uint8Array;
}

/** Where the kinds that are read from protobuf are listed. */
export const LISTS: Readonly<Record<string, string>> = {
  'v1/Pod': '/api/v1/pods',
  'v1/Node': '/api/v1/nodes',
  'v1/Endpoints': '/api/v1/endpoints',
  'v1/Event': '/api/v1/events',
  'events.k8s.io/v1/Event': '/apis/events.k8s.io/v1/events',
  'discovery.k8s.io/v1/EndpointSlice': '/apis/discovery.k8s.io/v1/endpointslices',
  'apps/v1/ReplicaSet': '/apis/apps/v1/replicasets',
};

export async function listBothWays(controlPlane: ControlPlane, path: string): Promise<Answers> {
  const [json, protobuf] = await Promise.all([
    getBytes(controlPlane, path, 'application/json'),
    getBytes(controlPlane, path, PROTOBUF_MEDIA_TYPE),
  ]);
  return { json: json.toString('utf8'), protobuf };
}

/** Every object of both answers as the model projects it: `wanted` from JSON, `given` from protobuf. */
export function projectBoth({ json, protobuf }: Answers): { readonly wanted: unknown; readonly given: unknown } {
  const list = JSON.parse(json) as JsonList;
  const kind = list.kind.slice(0, -'List'.length);
  const decoded = decodeList(protobuf);
  return {
    wanted: {
      kind: list.kind,
      apiVersion: list.apiVersion,
      ...pageOf(list.metadata),
      objects: (list.items ?? []).map((item) => project({ apiVersion: list.apiVersion, kind, ...item })),
    },
    given: {
      kind: decoded.kind,
      apiVersion: decoded.apiVersion,
      ...pageOf(decoded),
      objects: decoded.items.map(project),
    },
  };
}

interface JsonList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
  readonly items: readonly JsonObject[] | null;
}

function pageOf(page: { readonly continue?: unknown; readonly remainingItemCount?: unknown }): object {
  return { next: page.continue, remaining: page.remainingItemCount };
}

function project(raw: JsonObject): unknown {
  const redacted = redactObject(raw);
  const kind = ownKind(String(raw.apiVersion), String(raw.kind));
  const meta = projectMeta(redacted, { file: 'cluster' }, kind);
  if (kind === undefined || meta === undefined) throw new Error(`${raw.kind} is no object of the model`);
  return projectOwn(kind, redacted, meta, (pod) => projectPodSpec(readObject(pod, 'spec')));
}

function getBytes({ server, ca, admin }: ControlPlane, path: string, accept: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { accept, authorization: `Bearer ${admin.token}` };
    request(new URL(path, server), { ca, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`GET ${path}: ${response.statusCode} ${body.toString('utf8').slice(0, 300)}`));
      });
    })
      .on('error', reject)
      .end();
  });
}
