import { randomInt } from 'node:crypto';
import type { ProbeObservation } from '../../probe-observation.ts';
import { pause } from '../under-way.ts';
import { nameOf } from './api-proxy.ts';
import type { ApiClient, InsideOptions, InsidePlan, InsideTarget } from './contract.ts';
import { containerName, curlCommand, type GatewayPod, probePod } from './probe-pod.ts';
import { readCurl } from './read-curl.ts';

/** What one try with a Pod came to: what was seen, or why nothing was. */
export interface PodRun {
  readonly probes: readonly ProbeObservation[];
  readonly skipped: readonly string[];
}

const POLL_MS = 700;
const CLEAN_UP_MS = 10_000;
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * Asks every target from where the gateway stands: a Pod with its labels, in its namespace, on its node. Nothing is created
 * without a yes; what was created is deleted whatever happens, by interruption too.
 */
export async function runProbePod(
  client: ApiClient,
  plan: InsidePlan,
  options: InsideOptions,
  signal: AbortSignal,
  watch: (detail: string) => void = () => undefined,
): Promise<PodRun> {
  const asked = plan.targets.flatMap((target) => {
    const command = curlCommand(plan, target, Math.ceil(options.answerMs / 1000));
    return command === undefined ? [] : [{ target, command }];
  });
  if (plan.gateway === undefined || asked.length === 0)
    return skip(plan.gateway === undefined ? "the gateway's Pods are not known" : 'no address to connect to is known');
  const gateway = await readGatewayPod(client, plan.gateway, signal);
  if (typeof gateway === 'string') return skip(gateway);
  const name = `hopwise-probe-${Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
  const manifest = probePod(
    name,
    gateway,
    options.image,
    asked.map(({ command }) => command),
  );
  const agreed = await options.confirm(describe(name, gateway, options.image, asked));
  signal.throwIfAborted();
  if (!agreed) return skip('nothing was created: not confirmed');
  return await withPod(client, gateway.namespace, name, manifest, options, signal, async () => {
    const ended = await waitForEnd(client, gateway.namespace, name, options.podMs, signal, watch);
    if (ended !== undefined) return skip(`the probe Pod did not run: ${ended}`);
    return await collect(client, gateway, name, asked, signal);
  });
}

function skip(why: string): PodRun {
  return { probes: [], skipped: [`from the gateway's place: ${why}`] };
}

interface Asked {
  readonly target: InsideTarget;
  readonly command: readonly string[];
}

/** What a person is asked to agree to. */
function describe(name: string, gateway: GatewayPod, image: string, asked: readonly Asked[]): readonly string[] {
  return [
    `create Pod ${gateway.namespace}/${name} with the labels of Pod ${gateway.name} (never ready, so no Service sends to it)`,
    `  on node ${gateway.nodeName ?? '(any)'}${gateway.hostNetwork ? ', in the network of the node' : ''}, image ${image}`,
    ...asked.map(({ target, command }) => `  ${nameOf(target)}: ${command.slice(-1).join('')}`),
    'delete it when the answers are in',
  ];
}

async function readGatewayPod(
  client: ApiClient,
  { namespace, pod }: { readonly namespace: string; readonly pod: string },
  signal: AbortSignal,
): Promise<GatewayPod | string> {
  const answer = await client.request({ path: podPath(namespace, pod), signal });
  if (answer.status !== 200) return `Pod ${namespace}/${pod} could not be read (${answer.status})`;
  const read = JSON.parse(answer.body.toString('utf8')) as PodJson;
  const { uid, labels } = read.metadata ?? {};
  if (typeof uid !== 'string') return `Pod ${namespace}/${pod} has no uid`;
  const nodeName = read.spec?.nodeName;
  return {
    name: pod,
    uid,
    namespace,
    labels: labels ?? {},
    ...(nodeName === undefined ? {} : { nodeName }),
    hostNetwork: read.spec?.hostNetwork === true,
  };
}

/** The fields of a Pod that are looked at here; the API server has checked their types. */
interface PodJson {
  readonly metadata?: { readonly uid?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly waiting?: { readonly reason?: string; readonly message?: string };
        readonly terminated?: { readonly exitCode?: number };
      };
    }[];
  };
}

async function withPod(
  client: ApiClient,
  namespace: string,
  name: string,
  manifest: unknown,
  { onInterrupt }: InsideOptions,
  signal: AbortSignal,
  work: () => Promise<PodRun>,
): Promise<PodRun> {
  let gone: Promise<boolean> | undefined;
  const remove = (): Promise<boolean> => {
    gone ??= removePod(client, namespace, name);
    return gone;
  };
  // Before the Pod exists: a request that is cut off may have been carried out all the same.
  const forget = onInterrupt(async () => {
    await remove();
  });
  let run: PodRun;
  try {
    const created = await client.request({
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(manifest),
      signal,
    });
    run =
      created.status >= 300 ? skip(`the Pod was refused: ${messageOf(created.body) ?? created.status}`) : await work();
  } finally {
    await remove();
    forget();
  }
  if (await remove()) return run;
  const left = `Pod ${namespace}/${name} could not be deleted; it ends by itself, and goes with: kubectl delete pod ${name} -n ${namespace}`;
  return { ...run, skipped: [...run.skipped, left] };
}

/** Is it gone? By its own signal: the caller's may be what ended the work. A Pod that is not there needs no deleting. */
async function removePod(client: ApiClient, namespace: string, name: string): Promise<boolean> {
  const signal = AbortSignal.timeout(CLEAN_UP_MS);
  for (let tries = 0; tries < 3; tries++) {
    const answer = await client
      .request({ path: podPath(namespace, name), query: { gracePeriodSeconds: '0' }, method: 'DELETE', signal })
      .catch(() => undefined);
    if (answer !== undefined && (answer.status < 300 || answer.status === 404)) return true;
    if (signal.aborted) return false;
    await pause(300, signal).catch(() => undefined);
  }
  return false;
}

/** Waits until every curl has ended; answers why that will not happen. */
async function waitForEnd(
  client: ApiClient,
  namespace: string,
  name: string,
  limitMs: number,
  signal: AbortSignal,
  watch: (detail: string) => void,
): Promise<string | undefined> {
  const started = performance.now();
  let last = 'nothing is known of it';
  while (performance.now() - started < limitMs) {
    await pause(POLL_MS, signal);
    const answer = await client.request({ path: podPath(namespace, name), signal });
    if (answer.status === 404) return 'somebody deleted it';
    if (answer.status !== 200) continue;
    const { status } = JSON.parse(answer.body.toString('utf8')) as PodJson;
    const states = status?.containerStatuses ?? [];
    if (states.length > 0 && states.every(({ state }) => state?.terminated !== undefined)) return undefined;
    if (status?.phase === 'Failed') return status.message ?? status.reason ?? 'it failed';
    const waiting = states.find(({ state }) => state?.waiting?.reason !== undefined)?.state?.waiting;
    const unscheduled = status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False');
    last = waiting?.message ?? waiting?.reason ?? unscheduled?.message ?? status?.phase ?? last;
    if (
      /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError)$/.test(
        waiting?.reason ?? '',
      )
    )
      return `${waiting?.reason}: ${waiting?.message ?? ''}`.trim();
    watch(`Pod ${name}: ${last}`);
  }
  return `not finished within ${limitMs / 1000} s (${last})`;
}

async function collect(
  client: ApiClient,
  gateway: GatewayPod,
  name: string,
  asked: readonly Asked[],
  signal: AbortSignal,
): Promise<PodRun> {
  const probes: ProbeObservation[] = [];
  const skipped: string[] = [];
  const time = Date.now();
  for (const [index, { target }] of asked.entries()) {
    const answer = await client.request({
      path: `${podPath(gateway.namespace, name)}/log`,
      query: { container: containerName(index) },
      maxBytes: 256 * 1024,
      signal,
    });
    const attempt =
      answer.status === 200
        ? readCurl(answer.body.toString('utf8'), time, target.addressPort ?? Number(target.port))
        : undefined;
    if (attempt === undefined) {
      skipped.push(`${nameOf(target)}: curl printed no result`);
      continue;
    }
    probes.push({
      target: {
        role: target.role,
        from: 'pod',
        name: `${nameOf(target)}, from the gateway's place`,
        object: target.object,
        ...(target.node === undefined ? {} : { node: target.node }),
      },
      speech: target.h2c ? 'http/2' : 'http/1.1',
      tls: target.tls,
      // curl tells the address only of a connection that was made.
      attempts: [target.address === undefined ? attempt : { ...attempt, address: attempt.address ?? target.address }],
      idle: [],
    });
  }
  return { probes, skipped };
}

function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

function messageOf(body: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && 'message' in parsed && typeof parsed.message === 'string'
      ? parsed.message.slice(0, 300)
      : undefined;
  } catch {
    return undefined;
  }
}
