import { valueOf } from '../../../base/lookup.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway } from '../../../model/kinds/gateway-api.ts';
import { byDefault, ENVOY_CIRCUIT_BREAKER, ENVOY_DEFAULTS, ENVOY_FAILURES, ENVOY_ROUTE_TIMEOUT } from '../../envoy.ts';
import { envoyTarget } from '../../envoy-target.ts';
import type { FailureTable } from '../../route-table.ts';
import { ciliumDefaults, ciliumProtocol } from './cilium.ts';
import {
  byAddress,
  byAnnotation,
  byConvention,
  byLabels,
  byLabelsAnywhere,
  byNodeProxy,
  byServiceName,
  bySharedService,
  firstOf,
  inTheCloud,
} from './data-plane.ts';
import { readEnvoyGatewayPolicies } from './envoy-gateway.ts';
import { envoyGatewayFilterFault } from './envoy-gateway-filters.ts';
import { envoyGatewayPaths } from './envoy-gateway-paths.ts';
import {
  ALB_FAILURES,
  GKE_FAILURES,
  HAPROXY_FAILURES,
  KONG_FAILURES,
  NGINX_FAILURES,
  SPECIFICATION_FAILURES,
  TRAEFIK_FAILURES,
} from './failures.ts';
import { envoyGatewayGrpc, specifiedGrpc } from './grpc-style.ts';
import type { Implementation } from './implementation.ts';
import { specifiedPaths } from './path-style.ts';
import { specifiedProtocol } from './protocol.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** References that cannot be resolved answer 500 here, where Envoy itself would say 503. */
const ENVOY: FailureTable = {
  ...ENVOY_FAILURES,
  'no-service': { status: 500, also: [503], server: 'envoy', reference: 'gateway-api HTTPRouteRule.BackendRefs' },
  'no-endpoints': { status: 503, also: [500], body: 'no healthy upstream', server: 'envoy', reference: 'Envoy UH' },
};

/** What holds for an implementation nobody has described here: the specification and nothing else. */
const ANY_IMPLEMENTATION: Implementation = {
  name: 'Gateway API',
  controllers: [],
  precedence: {
    regex: 'before-prefix',
    methodAsHeader: false,
    slashCounts: false,
    exactFirst: false,
    httpFirst: false,
  },
  backendKinds: new Set(['/Service']),
  dataPlane: byConvention,
  failures: SPECIFICATION_FAILURES,
  defaults: () => ({}),
  protocolOf: specifiedProtocol,
  paths: specifiedPaths,
  grpc: specifiedGrpc,
  // GRPCRouteRule.BackendRefs: UNAVAILABLE, which is what clients make of a 503.
  invalidGrpcStatus: { all: 503, some: 503 },
};

/**
 * Implementations with known differences, by the controller names of their GatewayClasses. Data planes are told by the labels
 * that each one's source puts on what it creates.
 */
const IMPLEMENTATIONS: readonly Implementation[] = [
  {
    ...ANY_IMPLEMENTATION,
    name: 'Envoy Gateway',
    controllers: ['gateway.envoyproxy.io/gatewayclass-controller'],
    // envoyproxy/gateway internal/gatewayapi/sort.go: Exact, RegularExpression, PathPrefix by length as written; a method is
    // one of the headers; of equally many headers or query parameters the exact ones count.
    precedence: { regex: 'before-prefix', methodAsHeader: true, slashCounts: true, exactFirst: true, httpFirst: true },
    // internal/gatewayapi/helpers.go computeHosts; internal/xds/translator/translator.go addRouteToRouteConfig: the virtual
    // hosts of all HTTP listeners of a port stand in one route configuration, one for each listener and host.
    hostSharing: 'port',
    leavesExactHosts: true,
    refusesRepeatedHosts: true,
    // internal/gatewayapi/translator.go OwningGateway*Label; merged Gateways share the data plane of their class.
    dataPlane: firstOf(
      byLabelsAnywhere(({ name, namespace }) => ({
        'gateway.envoyproxy.io/owning-gateway-name': name,
        'gateway.envoyproxy.io/owning-gateway-namespace': namespace,
      })),
      byLabelsAnywhere(({ className }) => ({ 'gateway.envoyproxy.io/owning-gatewayclass': className })),
      byConvention,
    ),
    failures: ENVOY,
    // internal/xds/translator: cluster.go tcpClusterPerConnectTimeout; route.go leaves the route timeout to Envoy.
    defaults: () => ({
      ...ENVOY_DEFAULTS,
      ...ENVOY_CIRCUIT_BREAKER,
      ...ENVOY_ROUTE_TIMEOUT,
      connectTimeout: byDefault(10 * SECOND, 'Envoy Gateway tcpClusterPerConnectTimeout'),
      websocket: byDefault(true, 'Envoy Gateway defaultUpgradeConfig'),
    }),
    paths: envoyGatewayPaths,
    grpc: envoyGatewayGrpc,
    // internal/gatewayapi/route.go processGRPCRouteRules: the direct response 500 of HTTPRoutes, UNKNOWN to gRPC clients; beside
    // a usable backend a share of the requests goes to a cluster that does not exist, 503.
    invalidGrpcStatus: { all: 500, some: 503 },
    filterFault: envoyGatewayFilterFault,
    // internal/xds/translator/listener.go: a filter chain for each listener's server names and none for others.
    closesUnknownNames: true,
    // internal/gatewayapi/listener.go, internal/xds/translator/listener.go.
    target: envoyTarget({ mergeSlashes: true, escapedSlashes: 'redirect' }),
    policies: readEnvoyGatewayPolicies,
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'Istio',
    controllers: ['istio.io/gateway-controller', 'istio.io/unmanaged-gateway'],
    // istio pilot/pkg/config/kube/gateway/conversion.go getURIRank: exact, prefix, regex.
    precedence: {
      regex: 'after-prefix',
      methodAsHeader: false,
      slashCounts: false,
      exactFirst: false,
      httpFirst: false,
    },
    // pilot/pkg/networking/core/gateway.go: one route configuration for all HTTP servers of a port, hosts put together.
    hostSharing: 'port',
    // Istio meshConfig.pathNormalization: BASE.
    target: envoyTarget({ mergeSlashes: false, escapedSlashes: 'keep' }),
    // manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml; istio.io/gateway-name before 1.24.
    dataPlane: firstOf(
      byConvention,
      byLabels(({ name }) => ({ 'istio.io/gateway-name': name })),
      byNamedAddress,
    ),
    failures: ENVOY,
    // Istio documentation, traffic management: no request timeout, connect timeout 10 s, two retries.
    defaults: () => ({
      ...ENVOY_DEFAULTS,
      requestTimeout: byDefault(0, 'Istio: HTTP request timeouts are off'),
      connectTimeout: byDefault(10 * SECOND, 'Istio meshConfig.connectTimeout'),
      retries: byDefault(
        'connect-failure refused-stream unavailable cancelled 503',
        'Istio meshConfig.defaultHttpRetryPolicy',
      ),
      retryTries: byDefault(2, 'Istio meshConfig.defaultHttpRetryPolicy'),
      websocket: byDefault(true, 'Istio: websocket upgrades are on'),
    }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'Cilium',
    controllers: ['io.cilium/gateway-controller'],
    // cilium operator/pkg/model/translation/gateway-api/translator.go: the Service has no selector; the proxy is the node's.
    dataPlane: byNodeProxy(
      firstOf(
        byServiceName(({ name }) => [`cilium-gateway-${name}`]),
        byConvention,
      ),
      { 'k8s-app': 'cilium-envoy' },
      { 'k8s-app': 'cilium' },
    ),
    failures: ENVOY,
    defaults: (model) => ({ ...ENVOY_DEFAULTS, ...ENVOY_CIRCUIT_BREAKER, ...ciliumDefaults(model) }),
    protocolOf: ciliumProtocol,
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'Contour',
    controllers: ['projectcontour.io/*'],
    // contour internal/provisioner/model/model.go ContourOwningGatewayNameLabel.
    dataPlane: firstOf(
      byConvention,
      byLabels(({ name }) => ({ 'projectcontour.io/owning-gateway-name': name })),
      byServiceName(({ name }) => [`envoy-${name}`]),
    ),
    failures: ENVOY,
    // projectcontour/contour#5159: the route timeout is Envoy's own.
    defaults: () => ({ ...ENVOY_DEFAULTS, ...ENVOY_CIRCUIT_BREAKER, ...ENVOY_ROUTE_TIMEOUT }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'kgateway',
    controllers: ['kgateway.dev/*', 'solo.io/gloo-gateway', 'agentgateway.dev/*'],
    dataPlane: firstOf(
      byConvention,
      byServiceName(({ name }) => [`gloo-proxy-${name}`]),
    ),
    failures: ENVOY,
    defaults: () => ({ ...ENVOY_DEFAULTS, ...ENVOY_CIRCUIT_BREAKER }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'NGINX Gateway Fabric',
    controllers: ['gateway.nginx.org/nginx-gateway-controller'],
    // From 2.0 each Gateway has its own Deployment and Service; before, one for all.
    dataPlane: firstOf(
      byConvention,
      bySharedService(
        { 'app.kubernetes.io/name': 'nginx-gateway-fabric' },
        { 'app.kubernetes.io/name': 'nginx-gateway' },
      ),
    ),
    failures: NGINX_FAILURES,
    defaults: () => ({
      connectTimeout: byDefault(MINUTE, 'NGINX proxy_connect_timeout'),
      readTimeout: byDefault(MINUTE, 'NGINX proxy_read_timeout'),
      sendTimeout: byDefault(MINUTE, 'NGINX proxy_send_timeout'),
    }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'Traefik',
    controllers: ['traefik.io/gateway-controller'],
    hostSharing: 'rules',
    dataPlane: firstOf(byAddress, bySharedService({ 'app.kubernetes.io/name': 'traefik' }), byConvention),
    failures: TRAEFIK_FAILURES,
    // traefik pkg/config/static and dynamic: forwardingTimeouts.
    defaults: () => ({
      connectTimeout: byDefault(30 * SECOND, 'Traefik forwardingTimeouts.dialTimeout'),
      readTimeout: byDefault(0, 'Traefik forwardingTimeouts.responseHeaderTimeout'),
      upstreamIdleTimeout: byDefault(90 * SECOND, 'Traefik forwardingTimeouts.idleConnTimeout'),
      websocket: byDefault(true, 'Traefik passes upgrades on'),
    }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'Kong',
    controllers: ['konghq.com/*'],
    hostSharing: 'rules',
    // kubernetes-ingress-controller: annotation konghq.com/publish-service on the Gateway.
    dataPlane: firstOf(
      byAnnotation('konghq.com/publish-service'),
      byAddress,
      byConvention,
      bySharedService({ 'app.kubernetes.io/name': 'kong' }, { 'app.kubernetes.io/name': 'gateway' }),
    ),
    failures: KONG_FAILURES,
    defaults: () => ({
      connectTimeout: byDefault(MINUTE, 'Kong Service.connect_timeout'),
      readTimeout: byDefault(MINUTE, 'Kong Service.read_timeout'),
      sendTimeout: byDefault(MINUTE, 'Kong Service.write_timeout'),
      retryTries: byDefault(5, 'Kong Service.retries'),
      upstreamIdleTimeout: byDefault(MINUTE, 'Kong upstream_keepalive_idle_timeout'),
    }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'HAProxy',
    controllers: ['haproxy.org/*', 'haproxy-ingress.github.io/*', 'gate.haproxy.org/*'],
    dataPlane: firstOf(
      byAddress,
      byConvention,
      bySharedService(
        { 'app.kubernetes.io/name': 'haproxy-ingress' },
        { 'app.kubernetes.io/name': 'kubernetes-ingress' },
      ),
    ),
    failures: HAPROXY_FAILURES,
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'GKE Gateway',
    controllers: ['networking.gke.io/*'],
    dataPlane: inTheCloud,
    failures: GKE_FAILURES,
    defaults: () => ({ readTimeout: byDefault(30 * SECOND, 'Google Cloud backend service timeout') }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'AWS Load Balancer Controller',
    controllers: ['gateway.k8s.aws/*', 'application-networking.k8s.aws/*'],
    hostSharing: 'rules',
    dataPlane: inTheCloud,
    failures: ALB_FAILURES,
    defaults: () => ({ readTimeout: byDefault(MINUTE, 'ALB idle_timeout.timeout_seconds') }),
  },
  {
    ...ANY_IMPLEMENTATION,
    name: 'Azure Application Gateway for Containers',
    controllers: ['alb.networking.azure.io/*'],
    dataPlane: inTheCloud,
  },
];

export function implementationOf(controller: string): Implementation {
  return (
    IMPLEMENTATIONS.find((entry) => entry.controllers.some((name) => names(name, controller))) ?? ANY_IMPLEMENTATION
  );
}

function names(pattern: string, controller: string): boolean {
  return pattern.endsWith('*') ? controller.startsWith(pattern.slice(0, -1)) : pattern === controller;
}

/** Istio's manual deployment: spec.addresses names an existing Service (istio.io, "Gateway API: manual deployment"). */
function byNamedAddress(model: ClusterModel, gateway: Gateway) {
  return byAddress(model, { ...gateway, addresses: gateway.requestedAddresses });
}

/**
 * The controller of a Gateway: its class's, or, where the class was not read, the one that writes the statuses of the routes
 * on it. '' when neither says.
 */
export function controllerOf(model: ClusterModel, gateway: Gateway): string {
  const gatewayClass = valueOf(model.get('GatewayClass', '', gateway.className));
  if (gatewayClass !== undefined) return gatewayClass.controller;
  for (const route of model.list('HTTPRoute')) {
    const status = route.parentStatuses.find(
      ({ parent }) =>
        parent.kind === 'Gateway' && parent.namespace === gateway.namespace && parent.name === gateway.name,
    );
    if (status !== undefined) return status.controller;
  }
  return '';
}
