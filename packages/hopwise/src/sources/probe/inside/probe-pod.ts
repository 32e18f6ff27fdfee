import type { InsidePlan, InsideTarget } from './contract.ts';

/** What is copied from the gateway's own Pod, so that the network takes ours for it. */
export interface GatewayPod {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName?: string;
  readonly hostNetwork: boolean;
}

/** Labels by which controllers recognise one generation of their own Pods. */
const GENERATION = new Set(['pod-template-hash', 'controller-revision-hash', 'pod-template-generation']);
/** A mesh's sidecar would keep the Pod running, and its own rules are not what is asked about. */
const NO_SIDECAR = { 'sidecar.istio.io/inject': 'false' } as const;
/** Nothing outlives this many seconds, whatever happens to hopwise. */
const DEADLINE_SECONDS = 120;

/**
 * A Pod that runs one curl per target and ends. It carries the gateway's labels, because policies go by labels, and must
 * not be taken for the gateway by anything else: a readiness gate that nobody sets keeps it out of every Service, an owner
 * that is already a controller keeps other controllers from adopting it, and the generation's labels are left out.
 */
export function probePod(
  name: string,
  gateway: GatewayPod,
  image: string,
  commands: readonly (readonly string[])[],
): Readonly<Record<string, unknown>> {
  const labels = Object.fromEntries(Object.entries(gateway.labels).filter(([key]) => !GENERATION.has(key)));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: gateway.namespace,
      labels: { ...labels, ...NO_SIDECAR },
      annotations: { 'linkerd.io/inject': 'disabled', 'hopwise.dev/purpose': 'a probe; may be deleted at any time' },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          name: gateway.name,
          uid: gateway.uid,
          controller: true,
          blockOwnerDeletion: false,
        },
      ],
    },
    spec: {
      ...(gateway.nodeName === undefined ? {} : { nodeName: gateway.nodeName }),
      ...(gateway.hostNetwork ? { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
      restartPolicy: 'Never',
      activeDeadlineSeconds: DEADLINE_SECONDS,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      readinessGates: [{ conditionType: 'hopwise.dev/never-ready' }],
      // What the "restricted" Pod Security Standard asks for.
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: commands.map((command, index) => ({
        name: containerName(index),
        image,
        imagePullPolicy: 'IfNotPresent',
        command: command.map(escapeExpansion),
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
      })),
    },
  };
}

export function containerName(index: number): string {
  return `probe-${index}`;
}

/** Kubernetes replaces $(NAME) in commands; $$ stands for a dollar sign. */
function escapeExpansion(text: string): string {
  return text.replaceAll('$(', '$$$$(');
}

/** curl's own words and numbers, no body, no configuration file, no proxy, no shell. */
export function curlCommand(plan: InsidePlan, target: InsideTarget, seconds: number): readonly string[] | undefined {
  if (target.address === undefined) return undefined;
  const host = target.address.includes(':') ? `[${target.address}]` : target.address;
  const port = target.addressPort ?? target.port;
  return [
    'curl',
    '--disable',
    '--silent',
    '--show-error',
    '--verbose',
    '--insecure',
    '--path-as-is',
    '--globoff',
    '--noproxy',
    '*',
    '--connect-timeout',
    '5',
    '--max-time',
    String(seconds),
    ...(plan.method === 'HEAD' ? ['--head'] : ['--request', plan.method]),
    ...(target.h2c ? ['--http2-prior-knowledge'] : []),
    '--header',
    `Host: ${plan.host.replace(/[\r\n]/g, '')}`,
    '--output',
    '/dev/null',
    '--write-out',
    '\\n%{json}\\n',
    '--url',
    `${target.tls ? 'https' : 'http'}://${host}:${port}${plan.path.replace(/[\s\0]/g, '')}`,
  ];
}
