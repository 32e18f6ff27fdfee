import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import type { Authority, Certificate } from './certificates.ts';
import type { Network } from './network.ts';
import type { Program } from './processes.ts';
import type { TokenReviews } from './token-reviews.ts';

/** A healthy start takes about 3 s; a machine that builds something at the same time still makes it within this. */
const READY_SECONDS = 180;
const POLL_MILLISECONDS = 100;

export function etcdFlags(folder: string, url: string, peerUrl: string): readonly string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
    '--quota-backend-bytes=8589934592',
    '--log-level=warn',
  ];
}

export interface ApiServerFacts {
  readonly folder: string;
  readonly etcdUrl: string;
  readonly port: number;
  readonly authority: Authority;
  readonly serving: Certificate;
  /** Shown to kubelets. */
  readonly adminCertificate: Certificate;
  readonly reviews: TokenReviews;
  readonly network: Network;
}

/** kube-apiserver on loopback with RBAC, client certificates and tokens, and no way out but the test network. */
export function apiServerFlags(facts: ApiServerFacts): readonly string[] {
  const { folder, authority, serving, adminCertificate } = facts;
  return [
    `--etcd-servers=${facts.etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${facts.port}`,
    `--tls-cert-file=${serving.certFile}`,
    `--tls-private-key-file=${serving.keyFile}`,
    `--client-ca-file=${authority.certFile}`,
    `--authentication-token-webhook-config-file=${writeTokenReviewConfig(folder, facts.reviews.url)}`,
    '--authentication-token-webhook-version=v1',
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${serving.certFile}`,
    `--service-account-signing-key-file=${serving.keyFile}`,
    '--service-cluster-ip-range=10.96.0.0/12',
    // Nothing listens for other Pods at the API server's address, and loopback is no valid endpoint.
    '--endpoint-reconciler-type=none',
    `--egress-selector-config-file=${writeEgressConfig(folder, facts.network.socketPath)}`,
    `--kubelet-client-certificate=${adminCertificate.certFile}`,
    `--kubelet-client-key=${adminCertificate.keyFile}`,
    '--kubelet-preferred-address-types=InternalIP,Hostname',
    '--allow-privileged=true',
    '--profiling=false',
    // A test is one user who asks for everything at once; fairness between users would only slow it down.
    '--enable-priority-and-fairness=false',
    '--max-requests-inflight=1000',
  ];
}

/** Waits for /readyz; throws with the end of the log when the program ends or never gets there. */
export async function waitUntilReady(program: Program, api: ApiClient): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  let last = '';
  while (Date.now() < deadline) {
    const ended = program.ended();
    if (ended !== undefined) throw new Error(`${ended}:\n${program.readLog()}`);
    try {
      const answer = await api.send('GET', '/readyz?verbose');
      if (answer.status === 200) return;
      last = answer.body;
    } catch (error) {
      last = String(error);
    }
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`${program.name} is not ready after ${READY_SECONDS} s: ${last}\n${program.readLog()}`);
}

function writeTokenReviewConfig(folder: string, url: string): string {
  const path = join(folder, 'token-reviews.kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'reviews', cluster: { server: url } }],
    users: [{ name: 'apiserver', user: {} }],
    contexts: [{ name: 'reviews', context: { cluster: 'reviews', user: 'apiserver' } }],
    'current-context': 'reviews',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/: `cluster` is all traffic to nodes, Pods and Services. */
function writeEgressConfig(folder: string, socketPath: string): string {
  const path = join(folder, 'egress.json');
  const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socketPath } } };
  const config = {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
