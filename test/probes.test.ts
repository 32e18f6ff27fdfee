import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProbeWishes, RequestInput } from '../packages/hopwise/src/engine/contract.ts';
import { engine } from '../packages/hopwise/src/engine/engine.ts';
import type { DiagnosisDocument } from '../packages/hopwise/src/report/diagnosis.ts';
import { PLAIN } from '../packages/hopwise/src/report/renderer.ts';
import { RENDERERS } from '../packages/hopwise/src/report/renderers/index.ts';
import { DEFAULT_LIMITS, type ProbeResolver } from '../packages/hopwise/src/sources/probe/contract.ts';
import { insideProber } from '../packages/hopwise/src/sources/probe/inside/inside-prober.ts';
import { fakeCluster } from '../packages/hopwise/src/sources/probe/inside/testing/fake-cluster.ts';
import { callerProber } from '../packages/hopwise/src/sources/probe/prober.ts';
import {
  answering,
  freePort,
  httpAnswer,
  type Stand,
  standTcp,
} from '../packages/hopwise/src/sources/probe/testing/servers.ts';
import { textSource } from './kit/cases.ts';

// A cluster from a text, servers on loopback that behave as its gateway may: what is tried has to end up in the same answer
// as what was captured.

const PAGE = [
  '<html>',
  '<head><title>502 Bad Gateway</title></head>',
  '<body>',
  '<center><h1>502 Bad Gateway</h1></center>',
  '<hr><center>nginx</center>',
  '</body>',
  '</html>',
].join('\r\n');

/** One Ingress on ingress-nginx, whose address is this machine's; `ready` says whether the Pod is. */
function cluster(ready: boolean, address = '127.0.0.1'): string {
  return `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
status: {loadBalancer: {ingress: [{ip: ${address}}]}}
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.9
  selector: {app: ingress-nginx}
  ports: [{name: http, port: 80, targetPort: 80}]
status: {loadBalancer: {ingress: [{ip: ${address}}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: controller-1, namespace: ingress-nginx, labels: {app: ingress-nginx}}
spec: {containers: [{name: controller, image: registry.k8s.io/ingress-nginx/controller:v1.11.2, args: [/nginx-ingress-controller]}]}
status: {phase: Running, podIP: 10.244.0.5, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.20, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: registry.example.com/web:2, ports: [{containerPort: 8080}]}]}
status:
  phase: Running
  podIP: 10.244.1.10
  conditions: [{type: Ready, status: "${ready ? 'True' : 'False'}"}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.1.10], conditions: {ready: ${ready}}, targetRef: {kind: Pod, namespace: shop, name: web-1}}]
ports: [{name: "", port: 8080}]
`;
}

const HERE: ProbeResolver = { addresses: async () => ['127.0.0.1'], aliases: async () => ['edge.example.net'] };

async function ask(
  text: string,
  input: RequestInput,
  wishes: Partial<ProbeWishes> = {},
  resolver: ProbeResolver = HERE,
  answerMs = DEFAULT_LIMITS.answerMs,
): Promise<DiagnosisDocument> {
  const { signal } = new AbortController();
  const snapshot = await engine.load(textSource(text, 'cluster.yaml'), signal);
  const prober = callerProber({ limits: { ...DEFAULT_LIMITS, answerMs, pauseMs: 1 } }, resolver);
  return engine.diagnoseWithProbes(snapshot, input, { prober, wishes: { repeat: 1, idle: [], ...wishes } }, signal);
}

const hop = ({ hops }: DiagnosisDocument, name: string) => hops.find((each) => each.hop === name);

describe('a diagnosis that asks', () => {
  const stands: Record<string, Stand> = {};
  let nth = 0;
  beforeAll(async () => {
    stands.fine = await standTcp(answering(httpAnswer(200, 'hello')));
    stands.own = await standTcp(answering(httpAnswer(500, '{"error":"no stock"}')));
    stands.bad = await standTcp(answering(httpAnswer(502, PAGE)));
    stands.none = await standTcp(
      answering(httpAnswer(503, PAGE.replaceAll('502 Bad Gateway', '503 Service Temporarily Unavailable'))),
    );
    stands.hangs = await standTcp(() => undefined);
    stands.flaky = await standTcp((socket) => {
      socket.on('data', () => socket.write(nth++ % 4 === 3 ? httpAnswer(502, PAGE) : httpAnswer(200, 'hello')));
    });
  });
  afterAll(async () => {
    for (const stand of Object.values(stands)) await stand.close();
  });
  const url = (name: string): RequestInput => ({ url: `http://shop.example.com:${stands[name]?.port}/cart` });

  it('takes the status from the probe, and who made it from the page', async () => {
    const document = await ask(cluster(true), url('bad'));
    expect(document.verdict).toMatchObject({
      status: 'inconclusive',
      observedStatus: 502,
      generatedBy: { hop: 'gateway' },
    });
    expect(hop(document, 'external-dns')).toMatchObject({ state: 'ok', evidence: [{ type: 'probe' }] });
    expect(document.probes?.map(({ target, state, hop: where }) => [target.role, state, where])).toEqual([
      ['url', 'broken', 'gateway'],
      ['gateway', 'broken', 'gateway'],
    ]);
  });

  it('a probe that fails as a cause predicts makes it surer', async () => {
    const document = await ask(cluster(false), url('none'));
    expect(document.verdict).toMatchObject({ status: 'failing', observedStatus: 503 });
    expect(document.causes[0]?.against).toEqual([]);
  });

  it('a cause that would let no request through loses against a probe that got through', async () => {
    const document = await ask(cluster(false), { ...url('fine'), observedStatus: 503 });
    const [best] = document.causes;
    expect(best?.confidence ?? 0).toBeLessThan(0.5);
    expect(best?.against).toEqual([
      { type: 'probe', text: expect.stringMatching(/^a probe of this URL got 200 from 127\.0\.0\.1:\d+ after/) },
    ]);
    expect(document.verdict.status).toBe('inconclusive');
    expect(document.verdict.summary).toContain('a probe of this URL got 200');
    expect(document.path.lines.at(-1)).toMatchObject({ label: 'but', text: expect.stringContaining('comes and goes') });
  });

  it('a path that is answered now is healthy, a single success after a known failure is not', async () => {
    const fine = await ask(cluster(true), url('fine'));
    expect(fine.verdict).toMatchObject({ status: 'healthy', observedStatus: 200 });
    expect((await RENDERERS.text()).renderer.diagnosis?.(fine, PLAIN)).toContain('is answered by Service shop/web');
    expect((await ask(cluster(true), { ...url('fine'), observedStatus: 502 })).verdict).toMatchObject({
      status: 'inconclusive',
      observedStatus: 502,
    });
  });

  it('an app that passes its own status on through the gateway is not called the gateway’s failure', async () => {
    const document = await ask(cluster(true), url('own'));
    expect(document.verdict).toMatchObject({ observedStatus: 500 });
    expect(document.probes?.[0]).toMatchObject({ state: 'broken' });
    expect(document.probes?.[0]?.hop).toBeUndefined();
  });

  it('counts what fails now and then', async () => {
    const document = await ask(cluster(true), url('flaky'), { repeat: 8 });
    expect(document.probes?.[0]).toMatchObject({
      state: 'intermittent',
      summary: expect.stringMatching(/^2 of 8 failed, the last: 502 from/),
    });
    expect(document.verdict).toMatchObject({ status: 'inconclusive', observedStatus: 502 });
  });

  it('a gateway that takes the connection and says nothing was reached', async () => {
    const document = await ask(cluster(true), url('hangs'), {}, HERE, 300);
    expect(hop(document, 'edge')?.state).not.toBe('broken');
    expect(document.probes?.[0]?.attempts[0]?.failure).toMatchObject({ phase: 'first-byte', code: 'TIMEOUT' });
    expect(document.verdict.status).toBe('inconclusive');
  });

  it('tells a wrong address in DNS from a dead gateway by asking the gateway’s own', async () => {
    const elsewhere: ProbeResolver = { addresses: async () => ['127.0.0.3'], aliases: async () => [] };
    const document = await ask(cluster(true), url('fine'), {}, elsewhere);
    expect(hop(document, 'external-dns')).toMatchObject({
      state: 'suspect',
      detail: expect.stringContaining('leads to 127.0.0.3'),
    });
    expect(hop(document, 'edge')).toMatchObject({
      state: 'broken',
      mode: 'gateway-unreachable',
      detail: expect.stringMatching(
        /Connection refused \(127\.0\.0\.3 port \d+\); the gateway's own address 127\.0\.0\.1:\d+ .*does take connections/,
      ),
    });
    const dead = await ask(cluster(true), { url: `http://shop.example.com:${await freePort()}/` });
    expect(hop(dead, 'edge')?.detail).toContain("neither do the gateway's own addresses");
    expect(dead.probes?.map(({ hop: where }) => where)).toEqual(['edge', 'edge']);
  });

  it('what this machine cannot reach does not change what the client is known to have met', async () => {
    const document = await ask(cluster(false), {
      url: `http://shop.example.com:${await freePort()}/`,
      observedStatus: 503,
    });
    expect(hop(document, 'edge')).toMatchObject({ state: 'suspect', mode: 'gateway-unreachable' });
    expect(document.verdict).toMatchObject({ status: 'failing', observedStatus: 503 });
    expect(document.verdict.generatedBy?.hop).not.toBe('edge');
  });

  it('a name that does not resolve leaves the answer open, although the gateway answers at its own address', async () => {
    const lost: ProbeResolver = {
      addresses: async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
      aliases: async () => [],
    };
    const document = await ask(cluster(true), url('fine'), {}, lost);
    expect(hop(document, 'external-dns')).toMatchObject({ state: 'suspect', mode: 'dns-failure' });
    expect(document.verdict).toMatchObject({
      status: 'inconclusive',
      summary: expect.stringMatching(/does not resolve from here/),
    });
    expect(document.probes?.[0]?.hop).toBe('external-dns');
    expect(document.probes?.[1]?.state).toBe('ok');
  });

  it('a resolver that does not answer says nothing about the name', async () => {
    const silent: ProbeResolver = {
      addresses: async () => Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' })),
      aliases: async () => [],
    };
    const document = await ask(cluster(true), url('fine'), {}, silent);
    expect(hop(document, 'external-dns')).toMatchObject({ state: 'unknown' });
    expect(document.verdict.status).toBe('healthy');
  });

  it('a refusal that was met inside the cluster counts as if the gateway had logged it', async () => {
    const closed = await freePort();
    const text = cluster(true)
      .replaceAll('10.244.1.10', '127.0.0.1')
      .replaceAll('8080', String(closed))
      .replaceAll('controller-1', 'gateway-1');
    const { signal } = new AbortController();
    const snapshot = await engine.load(textSource(text, 'cluster.yaml'), signal);
    const inside = insideProber(fakeCluster({ reach: { [`web-1:${closed}`]: closed } }), {
      image: 'curl',
      confirm: async () => false,
      onInterrupt: () => () => undefined,
      answerMs: 5_000,
      podMs: 1_000,
    });
    const prober = callerProber({}, HERE);
    const wishes = { repeat: 1, idle: [] };
    const document = await engine.diagnoseWithProbes(snapshot, url('bad'), { prober, wishes, inside }, signal);
    expect(hop(document, 'pod')).toMatchObject({ state: 'broken', mode: 'refused', evidence: [{ type: 'probe' }] });
    expect(document.probes?.map(({ target, hop: where }) => [target.from, target.role, where])).toEqual([
      ['caller', 'url', 'gateway'],
      ['caller', 'gateway', 'gateway'],
      ['api-server', 'endpoint', 'pod'],
    ]);
    expect(document.unknowns.map(({ why }) => why)).toContain(
      "from the gateway's place: nothing was created: not confirmed",
    );
    const shown = (await RENDERERS.text()).renderer.diagnosis?.(document, PLAIN) ?? '';
    expect(shown.replace(/\s+/g, ' ')).toContain('the gateway, kube-proxy and policies are not on the way');
  });

  it('every format shows what was tried', async () => {
    const document = await ask(cluster(true), url('flaky'), { repeat: 4, idle: [20] });
    for (const format of ['text', 'markdown', 'html'] as const) {
      const { renderer } = await RENDERERS[format]();
      const shown = renderer.diagnosis?.(document, PLAIN) ?? '';
      expect(shown).toContain('What was tried');
      expect(shown).toContain('1 of 4 failed: 502');
      expect(shown).toMatch(/after 0\.02 s idle: \d{3} from 127\.0\.0\.1/);
    }
    for (const line of (await RENDERERS.text()).renderer.diagnosis?.(document, { ...PLAIN, width: 40 }).split('\n') ??
      [])
      expect(line.length).toBeLessThanOrEqual(40);
  });
});
