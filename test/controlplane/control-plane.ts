import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createApiClient } from './api-client.ts';
import { apiServerFlags, etcdFlags, waitUntilReady } from './api-server.ts';
import { type Binaries, findOrBuildBinaries, NoControlPlane } from './binaries.ts';
import { type Authority, createAuthority } from './certificates.ts';
import { controllerPrograms, createNodes } from './controllers.ts';
import { createEtcdClient, type EtcdClient } from './etcd-client.ts';
import { type KubectlAnswer, runKubectl } from './kubectl.ts';
import { createKubelet, type Kubelet } from './kubelet.ts';
import { createNetwork, type Network } from './network.ts';
import { createProcessKeeper, findFreePort, type ProcessKeeper, type Program } from './processes.ts';
import { createQuietPolicy } from './quiet-policy.ts';
import { startTokenReviews } from './token-reviews.ts';
import { makeUserCreator, type User } from './users.ts';

export interface ControlPlaneOptions {
  /**
   * On: kube-controller-manager, kube-scheduler and KWOK run, so that Deployments become Ready by themselves.
   * Off (the default): objects stay exactly as they were loaded, status included.
   */
  readonly controllers?: boolean;
  /** How many nodes KWOK plays; only with controllers. Default 2. */
  readonly nodes?: number;
  /** More flags of kube-apiserver, such as `--runtime-config=discovery.k8s.io/v1=false`. */
  readonly apiServerFlags?: readonly string[];
  readonly binaries?: Binaries;
}

export interface ControlPlane {
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** The certificate authority of the API server, PEM. */
  readonly ca: string;
  /** Temporary: everything of this control plane lies here; `stop` removes it. */
  readonly folder: string;
  readonly binaries: Binaries;
  /** May do everything (system:masters). */
  readonly admin: User;
  /** The administrator's raw requests. */
  readonly api: ApiClient;
  readonly etcd: EtcdClient;
  /** What the API server finds behind node, Pod and Service addresses. */
  readonly network: Network;
  readonly kubelet: Kubelet;
  /** Makes a user who may nothing until RBAC says so. */
  createUser(name: string, groups?: readonly string[]): Promise<User>;
  /** Runs kubectl to its end, as the administrator unless another kubeconfig is given; throws when it fails. */
  kubectl(args: readonly string[], input?: string, kubeconfig?: string): Promise<string>;
  /** The same for when failing is an answer. */
  tryKubectl(args: readonly string[], input?: string, kubeconfig?: string): Promise<KubectlAnswer>;
  /** SIGKILL; requests under way break off and new connections are refused until `startApiServer`. */
  killApiServer(): Promise<void>;
  /** Back at the same address, ready. */
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/** Brings up etcd and kube-apiserver (and controllers when asked) on loopback; throws NoControlPlane when that cannot be. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = options.binaries ?? (await findOrBuildBinaries());
  const folder = mkdtempSync(join(tmpdir(), 'hopwise-cp-'));
  const keeper = createProcessKeeper(folder);
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    await keeper.stop();
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return await bringUp(options, binaries, folder, keeper, closing, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(
  options: ControlPlaneOptions,
  binaries: Binaries,
  folder: string,
  keeper: ProcessKeeper,
  closing: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<ControlPlane> {
  const authority = await makeAuthority(folder);
  const [serving, kubeletCertificate, etcdPort, etcdPeerPort, port] = await Promise.all([
    authority.issueServer('apiserver', ['DNS:localhost', 'IP:127.0.0.1', 'DNS:kubernetes.default.svc']),
    authority.issueServer('kubelet', ['DNS:localhost']),
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ]);
  const reviews = await startTokenReviews();
  closing.push(() => reviews.stop());
  const network = await createNetwork(join(folder, 'network.sock'));
  closing.push(() => network.stop());
  const kubelet = createKubelet(kubeletCertificate);
  network.answer('*:10250', kubelet.connected);

  const server = `https://127.0.0.1:${port}`;
  const createUser = makeUserCreator(folder, server, authority, reviews);
  const admin = await createUser('admin', ['system:masters']);
  const adminCertificate = await authority.issueClient('admin-raw', 'admin', ['system:masters']);
  const api = createApiClient(server, authority.cert, adminCertificate);
  closing.push(() => api.close());

  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  keeper.start('etcd', binaries.etcd, etcdFlags(folder, etcdUrl, `http://127.0.0.1:${etcdPeerPort}`));
  const flags = [
    ...apiServerFlags({ folder, etcdUrl, port, authority, serving, adminCertificate, reviews, network }),
    // Without controllers nothing makes ServiceAccounts, and the plugin waits a second for each Pod whose one is missing.
    ...(options.controllers === true ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ...(options.apiServerFlags ?? []),
  ];
  let apiServer: Program | undefined;
  const startApiServer = async (): Promise<void> => {
    apiServer = keeper.start('kube-apiserver', binaries['kube-apiserver'], flags);
    await waitUntilReady(apiServer, api);
  };
  await startApiServer();
  if (options.controllers === true) {
    for (const [name, args] of controllerPrograms(admin.kubeconfig, authority, serving.keyFile))
      keeper.start(name, binaries[name], args);
    await createNodes(api, options.nodes ?? 2);
  } else await createQuietPolicy(api);

  const tryKubectl = (args: readonly string[], input?: string, kubeconfig = admin.kubeconfig): Promise<KubectlAnswer> =>
    runKubectl(binaries.kubectl, folder, kubeconfig, args, input);
  return {
    server,
    ca: authority.cert,
    folder,
    binaries,
    admin,
    api,
    etcd: createEtcdClient(etcdUrl),
    network,
    kubelet,
    createUser,
    tryKubectl,
    async kubectl(args, input, kubeconfig) {
      const { status, stdout, stderr } = await tryKubectl(args, input, kubeconfig);
      if (status !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${status}: ${stderr}`);
      return stdout;
    },
    killApiServer: async () => apiServer?.kill(),
    startApiServer,
    stop,
  };
}

async function makeAuthority(folder: string): Promise<Authority> {
  try {
    return await createAuthority(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new NoControlPlane('openssl, which makes the certificates, is not installed');
    throw error;
  }
}
