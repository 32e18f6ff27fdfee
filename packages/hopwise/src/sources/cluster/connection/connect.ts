import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { getProxyForUrl } from 'proxy-from-env';
import { nearestName } from '../../reading/nearest-name.ts';
import { SourceError } from '../../source-error.ts';
import { HttpClient } from '../api/http-client.ts';
import type { ClusterAccess, ClusterClient } from '../client.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { isRecord, type Kubeconfig, type KubeconfigEntry, readKubeconfig } from './kubeconfig.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** One cluster, one user, one namespace: what is left of a kubeconfig after context and flags. */
interface Chosen {
  readonly cluster: KubeconfigEntry & { readonly server: string };
  readonly user: KubeconfigEntry;
  readonly context: string | undefined;
  readonly namespace: string | undefined;
}

const DEFAULT_TIMEOUT_MS = 15_000;
/** Connections side by side: enough to hide round trips, few enough for API priority and fairness. */
const CONNECTIONS = 8;
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Connects as kubectl would with the same kubeconfig and flags; nothing is sent yet. Configuration files are merged here,
 * by kubectl's rules; credentials (exec plugins, OIDC, cloud logins, token files, certificates) are @kubernetes/client-node's.
 * Throws SourceError when there is no cluster to connect to.
 */
export async function connectCluster(options: ConnectionOptions, env: Env): Promise<ClusterClient> {
  const chosen = await choose(options, env);
  return new HttpClient({
    server: chosen.cluster.server,
    context: chosen.context,
    namespace: options.namespace ?? chosen.namespace,
    timeoutMs: options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    credentials: () => authenticate(chosen, options),
  });
}

async function choose(options: ConnectionOptions, env: Env): Promise<Chosen> {
  const config = await readKubeconfig(options.kubeconfig, env);
  const picked = config === undefined ? inCluster(env) : fromContext(config, options);
  const cluster: Record<string, unknown> = { ...picked?.cluster };
  if (options.server !== undefined) cluster.server = options.server;
  if (options.certificateAuthority !== undefined) {
    cluster['certificate-authority'] = options.certificateAuthority;
    delete cluster['certificate-authority-data'];
  }
  if (options.tlsServerName !== undefined) cluster['tls-server-name'] = options.tlsServerName;
  if (options.insecureSkipTlsVerify === true) cluster['insecure-skip-tls-verify'] = true;
  const { server } = cluster;
  if (typeof server !== 'string' || !/^https?:\/\//.test(server)) throw nothingToConnectTo(config);
  const user: Record<string, unknown> = { ...picked?.user };
  if (options.token !== undefined) user.token = options.token;
  if (options.clientCertificate !== undefined) user['client-certificate'] = options.clientCertificate;
  if (options.clientKey !== undefined) user['client-key'] = options.clientKey;
  const proxy = getProxyForUrl(server);
  if (cluster['proxy-url'] === undefined && proxy !== '') cluster['proxy-url'] = proxy;
  return { cluster: { ...cluster, server }, user, context: picked?.context, namespace: picked?.namespace };
}

function fromContext(
  config: Kubeconfig,
  options: ConnectionOptions,
): Partial<Omit<Chosen, 'cluster'>> & { cluster?: KubeconfigEntry } {
  const context = options.context ?? config.currentContext;
  const entry = context === undefined ? undefined : config.contexts.get(context);
  if (context !== undefined && entry === undefined) throw unknownEntry('context', context, config.contexts);
  const clusterName = options.cluster ?? textOf(entry?.cluster);
  const userName = options.user ?? textOf(entry?.user);
  const cluster = clusterName === undefined ? undefined : config.clusters.get(clusterName);
  const user = userName === undefined ? undefined : config.users.get(userName);
  if (clusterName !== undefined && cluster === undefined) throw unknownEntry('cluster', clusterName, config.clusters);
  if (userName !== undefined && user === undefined) throw unknownEntry('user', userName, config.users);
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(user === undefined ? {} : { user }),
    context,
    namespace: textOf(entry?.namespace),
  };
}

/** The service account of the Pod hopwise runs in. client-go: rest.InClusterConfig. */
function inCluster(env: Env): Chosen | undefined {
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT;
  if (host === undefined || port === undefined) return undefined;
  return {
    cluster: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      'certificate-authority': `${SERVICE_ACCOUNT}/ca.crt`,
    },
    user: { tokenFile: `${SERVICE_ACCOUNT}/token` },
    context: undefined,
    namespace: readOptional(`${SERVICE_ACCOUNT}/namespace`),
  };
}

async function authenticate(
  { cluster, user, context }: Chosen,
  options: ConnectionOptions,
): Promise<Omit<ClusterAccess, 'server'>> {
  // Loaded on demand: nothing but a live cluster needs it.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const kubeconfig = new KubeConfig();
  const plain = cluster.server.startsWith('http:');
  kubeconfig.loadFromString(
    JSON.stringify({
      // client-node refuses http servers unless verification is off; kubectl does not (`kubectl proxy`).
      clusters: [{ name: 'cluster', cluster: plain ? { ...cluster, 'insecure-skip-tls-verify': true } : cluster }],
      users: [{ name: 'user', user: { ...user, ...tokenOf(user), ...execOf(user, cluster) } }],
      contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
      'current-context': 'context',
    }),
  );
  const applied: https.RequestOptions = {};
  try {
    await kubeconfig.applyToHTTPSOptions(applied);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new SourceError(
      'not-readable',
      `no credentials for ${context === undefined ? cluster.server : `context ${context}`}: ${reason.slice(0, 1000)}`,
      'log in first; the same context must work with: kubectl get namespaces',
    );
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(applied.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (typeof applied.auth === 'string') {
    headers.authorization = `Basic ${Buffer.from(applied.auth).toString('base64')}`;
  }
  return { headers: { ...headers, ...impersonation(user, options) }, agent: agentOf(cluster, plain, applied) };
}

/** The proxy's own agent where one stands between, else one that keeps connections. */
function agentOf(cluster: KubeconfigEntry, plain: boolean, applied: https.RequestOptions): http.Agent {
  if (cluster['proxy-url'] !== undefined && applied.agent instanceof http.Agent) return applied.agent;
  const keep = { keepAlive: true, maxSockets: CONNECTIONS, scheduling: 'fifo' as const };
  if (plain) return new http.Agent(keep);
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = applied;
  return new https.Agent({
    ...keep,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  });
}

/** A token beats its file (client-go: clientcmdapi.AuthInfo); client-node knows the file under another name. */
function tokenOf(user: KubeconfigEntry): { token?: string } {
  const file = textOf(user.tokenFile);
  if (textOf(user.token) !== undefined || file === undefined) return {};
  const token = readOptional(file);
  if (token === undefined) throw new SourceError('not-readable', `token file ${file} cannot be read`);
  return { token };
}

/** Exec plugins expect KUBERNETES_EXEC_INFO, which client-node leaves out. client.authentication.k8s.io/v1, ExecCredential. */
function execOf(user: KubeconfigEntry, cluster: KubeconfigEntry): { exec?: KubeconfigEntry } {
  if (!isRecord(user.exec)) return {};
  const { exec } = user;
  const spec: Record<string, unknown> = { interactive: false };
  if (exec.provideClusterInfo === true) {
    spec.cluster = {
      server: cluster.server,
      'certificate-authority-data': cluster['certificate-authority-data'],
      'tls-server-name': cluster['tls-server-name'],
      'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    };
  }
  const info = JSON.stringify({ apiVersion: exec.apiVersion, kind: 'ExecCredential', spec });
  const env = Array.isArray(exec.env) ? exec.env : [];
  return { exec: { ...exec, env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: info }] } };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation(user: KubeconfigEntry, options: ConnectionOptions): Record<string, string | readonly string[]> {
  const name = options.impersonate ?? textOf(user.as);
  if (name === undefined) return {};
  const groups = options.impersonateGroups ?? (Array.isArray(user['as-groups']) ? user['as-groups'].map(String) : []);
  const uid = options.impersonateUid ?? textOf(user['as-uid']);
  return {
    'impersonate-user': name,
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
  };
}

function nothingToConnectTo(config: Kubeconfig | undefined): SourceError {
  return new SourceError(
    'no-input',
    config === undefined
      ? 'no kubeconfig was found and this is no Pod'
      : `${config.files.join(', ')} names no cluster to connect to (current-context: ${config.currentContext ?? 'none'})`,
    'give --kubeconfig FILE or --context NAME for a live cluster, or --from PATH for a capture',
  );
}

function unknownEntry(what: string, name: string, known: ReadonlyMap<string, unknown>): SourceError {
  const near = nearestName(name, [...known.keys()]);
  const names = [...known.keys()].slice(0, 12).join(', ');
  return new SourceError(
    'not-found',
    `the kubeconfig has no ${what} ${name}`,
    near !== undefined ? `did you mean ${near}?` : names === '' ? undefined : `it has: ${names}`,
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
