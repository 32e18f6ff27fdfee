import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, it, vi } from 'vitest';
import { engine } from '../../packages/hopwise/src/engine/engine.ts';
import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';
import { findSharedCases, type IncidentCase } from '../../tools/incidents/case.ts';
import { isCertainlyWrong } from '../../tools/incidents/judge.ts';
import { discoverKinds, type ServedKind } from '../controlplane/discovery.ts';
import { loadObjects } from '../controlplane/load-objects.ts';
import type { User } from '../controlplane/users.ts';
import { openCapturedCluster } from './captured-cluster.ts';
import { describeLive } from './describe-live.ts';
import { readCluster } from './read-cluster.ts';

/** One of each family: a policy, a gateway of the Gateway API, an app's own fault, a port. */
const CASES = findSharedCases().filter(({ id }) =>
  /^(?:d-files-portal|g-catalog-grpc|l-search-502|n-identity)/.test(id),
);

const READ = ['get', 'list', 'watch'];
const OWN_ROLE = join(import.meta.dirname, '..', '..', 'deploy', 'rbac', 'clusterrole.yaml');

describeLive('rights', {}, (controlPlane) => {
  for (const incident of CASES) {
    it(`${incident.id}: without the right to read one kind, nothing wrong is certain and the kind is named`, async () => {
      const loaded = await loadObjects(controlPlane(), incident.folder);
      controlPlane().kubelet.serveLogs(join(incident.folder, 'logs'));
      const kinds = await discoverKinds(controlPlane().api);
      const time = await timeOf(incident);
      const mistakes: string[] = [];
      for (const kind of new Set(loaded.objects.map((object) => `${object.apiVersion}/${object.kind}`))) {
        const user = await createReader([...kinds.values()], kinds.get(kind));
        const diagnosis = await diagnoseAs(user, incident, time);
        const [first] = diagnosis.causes;
        if (isCertainlyWrong(incident.expected, diagnosis))
          mistakes.push(`without ${kind}: ${first?.id} ${first?.object}`);
        const coverage = diagnosis.coverage.find((entry) => entry.kind === kind.split('/').at(-1));
        if (coverage?.state === 'complete' || coverage?.state === 'not-installed')
          mistakes.push(`without ${kind}: ${coverage.kind} is called ${coverage.state}`);
      }
      await loaded.unload();
      expect(mistakes).toEqual([]);
    });

    it(`${incident.id}: who may read one namespace gets an answer without a wrong certainty`, async () => {
      const loaded = await loadObjects(controlPlane(), incident.folder);
      controlPlane().kubelet.serveLogs(join(incident.folder, 'logs'));
      const kinds = await discoverKinds(controlPlane().api);
      const time = await timeOf(incident);
      const namespaces = loaded.objects.flatMap(({ kind, metadata }) =>
        kind === 'Ingress' || kind === 'HTTPRoute' ? [metadata.namespace ?? ''] : [],
      );
      const mistakes: string[] = [];
      for (const namespace of new Set(namespaces)) {
        const user = await createReader([...kinds.values()], undefined, namespace);
        const diagnosis = await diagnoseAs(user, incident, time, namespace);
        if (isCertainlyWrong(incident.expected, diagnosis)) mistakes.push(`${namespace}: ${diagnosis.causes[0]?.id}`);
        const nodes = diagnosis.coverage.find(({ kind }) => kind === 'Node');
        if (nodes?.state === 'complete') mistakes.push(`${namespace}: nodes are called complete`);
      }
      await loaded.unload();
      expect(mistakes).toEqual([]);
    });
  }

  it('the ClusterRole of deploy/rbac is enough for all but Secrets', async () => {
    const { kubectl, createUser, admin } = controlPlane();
    await kubectl(['apply', '-f', OWN_ROLE]);
    const role = loadAll(readFileSync(OWN_ROLE, 'utf8'))[0] as { readonly metadata: { readonly name: string } };
    const user = await createUser('hopwise');
    await kubectl(['create', 'clusterrolebinding', 'hopwise', `--clusterrole=${role.metadata.name}`, '--user=hopwise']);
    const whole = await readCluster({ kubeconfig: admin.kubeconfig });
    await vi.waitFor(async () => {
      const own = await readCluster({ kubeconfig: user.kubeconfig });
      const lacking = [...own.coverage.values()].filter(({ kind, state }) => state !== whole.coverage.get(kind)?.state);
      expect(lacking.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['Secret forbidden']);
    }, 10_000);
  });

  let count = 0;

  /** A user who may read everything but one kind, or everything of one namespace. */
  async function createReader(kinds: readonly ServedKind[], without?: ServedKind, namespace?: string): Promise<User> {
    count += 1;
    const { createUser, kubectl, api } = controlPlane();
    const name = `reader-${count}`;
    const user = await createUser(name);
    const allowed = kinds.filter(({ group, resource }) => group !== without?.group || resource !== without.resource);
    const rules = Object.entries(Object.groupBy(allowed, ({ group }) => group)).map(([group, list = []]) => ({
      apiGroups: [group],
      resources: [...list.map(({ resource }) => resource), ...(group === '' ? ['pods/log'] : [])],
      verbs: READ,
    }));
    const group = 'rbac.authorization.k8s.io';
    const scope = namespace === undefined ? 'ClusterRole' : 'Role';
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const role = { apiVersion: `${group}/v1`, kind: scope, metadata, rules };
    const binding = {
      apiVersion: `${group}/v1`,
      kind: `${scope}Binding`,
      metadata,
      roleRef: { apiGroup: group, kind: scope, name },
      subjects: [{ apiGroup: group, kind: 'User', name }],
    };
    await kubectl(['apply', '-f', '-'], [role, binding].map((object) => JSON.stringify(object)).join('\n---\n'));
    const attributes = {
      verb: 'list',
      group: '',
      resource: without?.resource === 'services' ? 'pods' : 'services',
      namespace: namespace ?? '',
    };
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: name, resourceAttributes: attributes },
    };
    await vi.waitFor(async () => {
      const answer = await api.send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review);
      expect(JSON.parse(answer.body).status.allowed).toBe(true);
    }, 10_000);
    return user;
  }

  async function diagnoseAs(
    user: User,
    incident: IncidentCase,
    time: number,
    namespace?: string,
  ): Promise<DiagnosisDocument> {
    const [request] = incident.requests;
    if (request === undefined) throw new Error(`${basename(incident.folder)} asks nothing`);
    const { signal } = new AbortController();
    const cluster = await openCapturedCluster(user.kubeconfig, incident.folder, time, namespace);
    try {
      return engine.diagnose(await engine.loadPath(cluster, request, { logs: true }, signal), request);
    } finally {
      cluster.client.close();
    }
  }
});

async function timeOf({ folder }: IncidentCase): Promise<number> {
  const snapshot = await engine.load(await openSource(folder), new AbortController().signal);
  return snapshot.model.now;
}
