import type { HopKind } from '../trace/trace.ts';

/**
 * The root causes hopwise can name. Ids are public: they appear in JSON, SARIF, docs and metrics, and never change meaning
 * once released. `means` is what is true when this is the answer; `not` is the neighbour it is easily confused with.
 */
export const CAUSES = {
  'service-not-found': {
    family: 'endpoints',
    hop: 'gateway',
    means: "the route's backend names a Service that exists in no namespace",
  },
  'backend-in-other-namespace': {
    family: 'routing',
    hop: 'gateway',
    means:
      "the backend Service does not exist in the route's namespace but one of that name exists elsewhere (Ingress backends are namespace-scoped)",
  },
  'selector-matches-no-pods': {
    family: 'endpoints',
    hop: 'service',
    means: "the Service's selector matches no Pod though a workload that was plainly meant exists (label drift, typo)",
  },
  'scaled-to-zero': {
    family: 'endpoints',
    hop: 'service',
    means: 'the selected workload has zero replicas on purpose (replicas: 0, HPA/KEDA at zero, suspended)',
  },
  'no-ready-endpoints': {
    family: 'endpoints',
    hop: 'service',
    means: 'Pods match but none is ready and nothing deeper can be shown',
    not: 'readiness-probe-failing',
  },
  'stale-endpoints': {
    family: 'endpoints',
    hop: 'network',
    means:
      'the endpoints the gateway uses name addresses that no running Pod has (hand-written Endpoints/EndpointSlice, orphaned slice, controller lag)',
  },
  'endpoint-port-missing': {
    family: 'endpoints',
    hop: 'service',
    means: 'EndpointSlice has addresses but not the port the route needs (named targetPort absent on the Pods)',
    not: 'named-port-not-found',
  },
  'service-port-not-found': {
    family: 'port',
    hop: 'gateway',
    means: 'the route references a port number or name that the Service does not define',
  },
  'named-port-not-found': {
    family: 'port',
    hop: 'service',
    means: "targetPort is a name that no selected Pod's container declares",
  },
  'target-port-mismatch': {
    family: 'port',
    hop: 'pod',
    means:
      'targetPort is a number on which the process does not listen: connection refused (or no answer) at the Pod IP',
  },
  'app-listens-on-loopback': {
    family: 'port',
    hop: 'pod',
    means: 'the process listens, but only on 127.0.0.1/::1 inside the Pod',
  },
  'backend-expects-tls': {
    family: 'protocol',
    hop: 'pod',
    means: 'the gateway speaks plain HTTP to a port that speaks TLS',
  },
  'backend-expects-plaintext': {
    family: 'protocol',
    hop: 'pod',
    means: 'the gateway speaks TLS to a port that speaks plain HTTP',
  },
  'backend-tls-untrusted': {
    family: 'protocol',
    hop: 'pod',
    means: 'upstream TLS handshake fails: CA, expiry, SNI or name mismatch, missing client certificate',
  },
  'backend-protocol-mismatch': {
    family: 'protocol',
    hop: 'pod',
    means: 'HTTP/2 or gRPC spoken to an HTTP/1.1 backend, or HTTP/1.1 to an h2c/gRPC backend',
  },
  'websocket-upgrade-failed': {
    family: 'protocol',
    hop: 'gateway',
    means: 'Upgrade is stripped, unsupported by the chosen backend, or cut by a timeout on the way',
  },
  'host-not-matched': {
    family: 'routing',
    hop: 'gateway',
    means: "no rule or listener matches the request's Host/SNI, so a default backend or wrong rule answers",
  },
  'path-not-matched': {
    family: 'routing',
    hop: 'gateway',
    means: 'host matches, but no path rule does (pathType Exact, trailing slash, regex or case semantics)',
  },
  'path-shadowed': {
    family: 'routing',
    hop: 'gateway',
    means:
      'another rule wins over the intended one for this request (catch-all, longer prefix, older route, regex order)',
  },
  'route-conflict': {
    family: 'routing',
    hop: 'gateway',
    means: 'two routes claim the same host and path and the wrong one wins',
  },
  'rewrite-breaks-path': {
    family: 'routing',
    hop: 'app',
    means: 'the path the backend receives after rewrite/strip is one it does not serve',
  },
  'ingress-class-unclaimed': {
    family: 'routing',
    hop: 'gateway',
    means: 'no running controller claims the Ingress/Gateway class, or the class is missing',
  },
  'route-not-attached': {
    family: 'routing',
    hop: 'gateway',
    means: 'a Gateway API route is refused by its parent (sectionName, allowedRoutes, hostname intersection, kind)',
  },
  'reference-not-permitted': {
    family: 'routing',
    hop: 'gateway',
    means: 'a cross-namespace backend or certificate reference has no ReferenceGrant',
  },
  'gateway-tls-secret-invalid': {
    family: 'routing',
    hop: 'gateway',
    means: 'the certificate Secret of the listener/Ingress is missing, malformed, expired or for another name',
  },
  'readiness-probe-failing': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'Pods run but their readiness probe fails (wrong path, port, scheme, timeout, or a dependency it checks)',
  },
  'readiness-too-permissive': {
    family: 'lifecycle',
    hop: 'app',
    means:
      'traffic reaches Pods that are up but cannot serve yet: no readiness probe, or one that does not test serving',
  },
  'liveness-restarts': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'the liveness or startup probe kills containers that were working or still starting',
  },
  'crash-loop': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'the container exits and restarts by itself (bad config, missing env, exception)',
  },
  'oom-killed': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'the container is killed for memory, cutting requests or keeping the Pod down',
  },
  'image-pull-failed': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'ErrImagePull/ImagePullBackOff keeps Pods from starting',
  },
  'container-config-error': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'a missing ConfigMap/Secret/volume (CreateContainerConfigError, FailedMount) keeps Pods from starting',
  },
  'pod-unschedulable': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'Pods are Pending: no node fits (resources, taints, affinity, volume)',
  },
  'pod-creation-blocked': {
    family: 'lifecycle',
    hop: 'pod',
    means: 'the controller cannot create Pods at all (quota, admission webhook, PodSecurity, service account)',
  },
  'ungraceful-termination': {
    family: 'lifecycle',
    hop: 'pod',
    means:
      'during rollout or scale-down Pods stop accepting or die before the gateway stops sending (no preStop/drain, SIGTERM exits at once, grace too short)',
  },
  'dns-name-not-found': {
    family: 'dns',
    hop: 'cluster-dns',
    means: 'a backend or ExternalName resolves to NXDOMAIN: wrong name, namespace, cluster domain or search path',
  },
  'cluster-dns-down': {
    family: 'dns',
    hop: 'cluster-dns',
    means: 'CoreDNS/kube-dns has no ready Pods, crashes, or its Service has no endpoints',
  },
  'cluster-dns-degraded': {
    family: 'dns',
    hop: 'cluster-dns',
    means: 'lookups time out or fail intermittently (overload, upstream resolver, conntrack, loop)',
  },
  'dns-blocked-by-policy': {
    family: 'dns',
    hop: 'cluster-dns',
    means: 'a NetworkPolicy denies the client Pod UDP/TCP 53 to cluster DNS',
  },
  'stale-dns-in-gateway': {
    family: 'dns',
    hop: 'gateway',
    means: 'the proxy resolved the upstream name once and keeps using an old address',
  },
  'network-policy-denies-ingress': {
    family: 'network',
    hop: 'network',
    means: "a policy selecting the backend Pods does not admit the gateway's Pods on that port",
  },
  'network-policy-denies-egress': {
    family: 'network',
    hop: 'network',
    means: 'a policy selecting the gateway (or calling) Pods does not allow traffic out to the backend',
  },
  'node-network-broken': {
    family: 'network',
    hop: 'network',
    means: 'only endpoints on (or from) certain nodes fail: CNI, kube-proxy, node firewall, MTU, NotReady node',
  },
  'firewall-blocked': {
    family: 'network',
    hop: 'network',
    means: 'cloud security group/firewall blocks LB->node, LB->pod, node->pod or health-check ranges',
  },
  'mesh-policy-denies': {
    family: 'network',
    hop: 'network',
    means: 'service-mesh mTLS or authorization between gateway and sidecar refuses the connection',
  },
  'keepalive-idle-race': {
    family: 'connection',
    hop: 'app',
    means:
      'the upstream closes idle keep-alive connections sooner than the hop before it, which reuses a dead one (reset / prematurely closed at low traffic)',
  },
  'upstream-timeout': {
    family: 'connection',
    hop: 'app',
    means:
      "the app accepts the request but answers later than a hop's read timeout; the 504 comes at exactly that timeout",
    not: 'app-overloaded',
  },
  'response-header-too-large': {
    family: 'connection',
    hop: 'gateway',
    means: "the upstream's response header exceeds the proxy buffer ('upstream sent too big header')",
  },
  'invalid-upstream-response': {
    family: 'protocol',
    hop: 'app',
    means: "the upstream's HTTP is malformed (bad header, duplicate framing headers, short body)",
  },
  'connection-limit-reached': {
    family: 'connection',
    hop: 'gateway',
    means:
      'a connection, stream, worker, file or port limit at gateway, mesh or app refuses new requests (circuit breaker, worker_connections, accept backlog, ephemeral ports)',
  },
  'app-overloaded': {
    family: 'app',
    hop: 'app',
    means:
      'the app is saturated (CPU throttling, thread/connection pool exhausted), so latency or refusals grow with load',
  },
  'app-crashes-on-request': {
    family: 'app',
    hop: 'app',
    means: 'this request makes the process or worker die mid-response (segfault, worker timeout, unhandled exception)',
  },
  'app-returned-error': {
    family: 'app',
    hop: 'app',
    means: 'the 502/504 was produced by the app or its own sidecar/dependency and only passed on by the gateway',
  },
  'dependency-misconfigured': {
    family: 'app',
    hop: 'app',
    means:
      "the app's own dependency is addressed wrongly (a Service name, port or credential in env/ConfigMap that does not exist or is refused), so the app fails the request",
    not: 'app-returned-error',
  },
  'edge-health-check-failing': {
    family: 'edge',
    hop: 'edge',
    means:
      'the cloud load balancer marks all targets unhealthy: health-check path, port, protocol or code does not match',
  },
  'edge-timeout-mismatch': {
    family: 'edge',
    hop: 'edge',
    means: "the edge's idle/backend timeout or keep-alive is out of step with the hop behind it",
  },
  'edge-targets-missing': {
    family: 'edge',
    hop: 'edge',
    means:
      'the load balancer has no registered targets, or only nodes/pods that cannot answer (externalTrafficPolicy Local, subnet/tag/NEG, wrong nodePort)',
  },
  'gateway-down': {
    family: 'controller',
    hop: 'gateway',
    means: 'the ingress controller / proxy Pods are absent, unready or crashing',
  },
  'gateway-config-rejected': {
    family: 'controller',
    hop: 'gateway',
    means:
      'the controller refuses or fails to load the generated configuration (bad annotation, snippet, admission), so routes are missing or old',
  },
  'gateway-config-stale': {
    family: 'controller',
    hop: 'gateway',
    means: 'the proxy runs an outdated view of endpoints or routes (reload churn, lost watch, RBAC denied, sync delay)',
  },
} as const satisfies Record<string, CauseFacts>;

export interface CauseFacts {
  readonly family: string;
  readonly hop: HopKind;
  readonly means: string;
  readonly not?: string;
}
export type CauseId = keyof typeof CAUSES;

export function isCauseId(text: string): text is CauseId {
  return Object.hasOwn(CAUSES, text);
}
export function causeFacts(id: CauseId): CauseFacts {
  return CAUSES[id];
}
export const CAUSE_IDS = Object.keys(CAUSES) as readonly CauseId[];
