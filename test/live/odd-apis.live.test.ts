import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { engine } from '../../packages/hopwise/src/engine/engine.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';
import { findSharedCases, type IncidentCase } from '../../tools/incidents/case.ts';
import { registerAggregatedApi } from '../controlplane/aggregated-api.ts';
import { type CapturedObject, readCaptureObjects } from '../controlplane/capture-objects.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { applyDefinitions, definePermissively } from '../controlplane/custom-resources.ts';
import { storeObjects } from '../controlplane/load-objects.ts';
import { openCapturedCluster } from './captured-cluster.ts';
import { describeLive } from './describe-live.ts';
import { readCluster } from './read-cluster.ts';

const CASES = findSharedCases();
const GATEWAY_API = 'gateway.networking.k8s.io';
/** An API group whose server is hopwise's business: Calico's API server aggregates it. */
const CALICO = { group: 'projectcalico.org', version: 'v3' };

describeLive('an aggregated API', {}, (controlPlane) => {
  it('that hangs costs its own kinds and no others', async () => {
    const kinds = [
      { name: 'networkpolicies', singularName: '', namespaced: true, kind: 'NetworkPolicy', verbs: ['get', 'list'] },
    ];
    const path = `/apis/${CALICO.group}/${CALICO.version}`;
    const list = {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: `${CALICO.group}/${CALICO.version}`,
      resources: kinds,
    };
    let hanging = 0;
    await registerAggregatedApi(controlPlane(), {
      ...CALICO,
      address: '10.96.200.1',
      // It says what it has, so that the API server takes it for available, and then never gives any of it.
      answer: (request, response) => {
        if (request.url?.split('?')[0] !== path) {
          hanging += Number(request.url?.startsWith(path));
          if (!request.url?.startsWith(path)) response.writeHead(404).end();
          return;
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
      },
    });
    const name = `${CALICO.version}.${CALICO.group}`;
    await controlPlane().kubectl(['wait', '--for=condition=Available', 'apiservice', name, '--timeout=60s']);
    const read = () => readCluster({ kubeconfig: controlPlane().admin.kubeconfig, requestTimeoutMs: 1500 });
    await vi.waitFor(async () => {
      const { coverage } = await read();
      expect(coverage.get('NetworkPolicy.projectcalico.org')).toMatchObject({
        state: 'not-collected',
        reason: expect.stringContaining('no answer'),
      });
      const missing = [...coverage.values()].filter(({ state }) => state === 'not-collected' || state === 'forbidden');
      expect(missing.map(({ kind }) => kind)).toEqual(['NetworkPolicy.projectcalico.org']);
    }, 60_000);
    expect(hanging).toBeGreaterThan(0);
  });

  it('whose server is gone is unknown, not absent', async () => {
    await registerAggregatedApi(controlPlane(), {
      ...CALICO,
      address: '10.96.200.1',
      answer: (request) => request.socket.destroy(),
    });
    const { coverage } = await readCluster({ kubeconfig: controlPlane().admin.kubeconfig, requestTimeoutMs: 1500 });
    expect(coverage.get('NetworkPolicy.projectcalico.org')).toMatchObject({
      state: 'not-collected',
      reason: expect.stringMatching(/\S/),
    });
    expect(coverage.get('NetworkPolicy')?.state).toBe('complete');
  });
});

describeLive('Gateway API', {}, (controlPlane) => {
  it('that is not installed is known to be absent', async () => {
    const { coverage } = await readCluster({ kubeconfig: controlPlane().admin.kubeconfig });
    expect(coverage.get('HTTPRoute')).toMatchObject({ state: 'not-installed' });
  });

  for (const incident of CASES.filter(({ id }) => /^g-status-page/.test(id)))
    it(`of an old version alone gives ${incident.id} the same answer`, async () => {
      const objects = readCaptureObjects(incident.folder).map((object) =>
        object.apiVersion === `${GATEWAY_API}/v1` ? { ...object, apiVersion: `${GATEWAY_API}/v1beta1` } : object,
      );
      await applyDefinitions(
        controlPlane().api,
        definePermissively(objects.filter(({ apiVersion }) => apiVersion.startsWith(GATEWAY_API))),
      );
      await expectAnswerOfFolder(controlPlane(), incident, objects);
    });
});

describeLive(
  'a server that only has autoscaling/v1',
  { apiServerFlags: ['--runtime-config=autoscaling/v2=false'] },
  (controlPlane) => {
    it('gives its autoscalers in that version', async () => {
      const autoscaler = {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web', namespace: 'default' },
        spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      };
      await storeObjects(controlPlane(), [autoscaler]);
      const { names, coverage } = await readCluster({ kubeconfig: controlPlane().admin.kubeconfig });
      expect(names.get('HorizontalPodAutoscaler')).toEqual(['web']);
      expect(coverage.get('HorizontalPodAutoscaler')?.state).toBe('complete');
    });
  },
);

async function expectAnswerOfFolder(
  controlPlane: ControlPlane,
  { folder, requests }: IncidentCase,
  objects: readonly CapturedObject[],
): Promise<void> {
  const loaded = await storeObjects(controlPlane, objects);
  expect(loaded.refused).toEqual([]);
  controlPlane.kubelet.serveLogs(join(folder, 'logs'));
  const { signal } = new AbortController();
  const captured = await engine.load(await openSource(folder), signal);
  for (const request of requests) {
    const cluster = await openCapturedCluster(controlPlane.admin.kubeconfig, folder, captured.model.now);
    const [live, wanted] = [await engine.loadPath(cluster, request, { logs: true }, signal), captured].map(
      (snapshot) => engine.diagnose(snapshot, request).causes[0],
    );
    expect({ id: live?.id, object: live?.object }).toEqual({ id: wanted?.id, object: wanted?.object });
  }
}
