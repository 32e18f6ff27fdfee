import { idOf, type ObjectId } from '../base/object-id.ts';
import type { Evidence } from '../model/evidence.ts';
import type { GatewayInstance } from '../routing/route-table.ts';
import type { AccessEntry, BackendErrorEntry, ClientError, ResponseObservation } from '../sources/observations.ts';
import { logEvidence } from './log-evidence.ts';
import type { AppObservations, GeneratedBy } from './observed.ts';
import { responseEvidence } from './response-modes.ts';
import type { HopKind } from './trace.ts';

interface Maker {
  readonly component: string;
  readonly hop: 'edge' | 'gateway' | 'proxy';
  /** Why this response was written by it, or undefined. */
  readonly says: (response: ResponseObservation) => string | undefined;
}

const header = (response: ResponseObservation, name: string): string => response.headers[name] ?? '';

/**
 * Error pages that only their maker writes. A Server header alone proves little, since proxies overwrite it on answers
 * they pass on; bodies are written by whoever made the status.
 */
const MAKERS: readonly Maker[] = [
  {
    component: 'Cloudflare',
    hop: 'edge',
    says: (response) =>
      header(response, 'cf-ray') !== '' &&
      (/^error code: \d{3}\s*$/m.test(response.body) || /cloudflare/i.test(response.body))
        ? 'cf-ray header and Cloudflare error body'
        : undefined,
  },
  {
    component: 'Azure Application Gateway',
    hop: 'edge',
    says: (response) =>
      /Microsoft-Azure-Application-Gateway/i.test(`${header(response, 'server')} ${response.body}`)
        ? 'Server header and error page of Application Gateway'
        : undefined,
  },
  {
    component: 'AWS Elastic Load Balancing',
    hop: 'edge',
    says: (response) =>
      /^awselb\//i.test(header(response, 'server')) ? `server: ${header(response, 'server')}` : undefined,
  },
  {
    component: 'Google Cloud load balancer',
    hop: 'edge',
    says: (response) =>
      /<title>50[0-9] Server Error<\/title>/i.test(response.body) &&
      /could not complete your request|Error: Server Error/i.test(response.body)
        ? 'Google front-end error page'
        : /^no healthy upstream|^upstream request timeout/.test(response.body) &&
            header(response, 'via').includes('google')
          ? 'via: google and an Envoy error body'
          : undefined,
  },
  {
    component: 'HAProxy',
    hop: 'proxy',
    says: (response) =>
      /<html><body><h1>\d{3} [^<]*<\/h1>\s*(?:No server is available|The server didn't respond|The server returned an invalid|Request forbidden|Your browser)/.test(
        response.body,
      )
        ? 'HAProxy error page'
        : undefined,
  },
  {
    component: 'Kong',
    hop: 'proxy',
    says: (response) =>
      /An invalid response was received from the upstream server|The upstream server is timing out|failure to get a peer from the ring-balancer|no Route matched with those values|name resolution failed/.test(
        response.body,
      )
        ? 'Kong error body'
        : undefined,
  },
  {
    component: 'Envoy',
    hop: 'proxy',
    says: (response) =>
      /upstream connect error or disconnect\/reset before headers|no healthy upstream|upstream request timeout/.test(
        `${response.body}\n${response.grpcMessage ?? ''}`,
      )
        ? 'Envoy error body'
        : undefined,
  },
  {
    component: 'Traefik',
    hop: 'proxy',
    says: (response) =>
      /^(?:Bad Gateway|Gateway Timeout|no available server|404 page not found)\s*$/.test(response.body) &&
      header(response, 'server') === ''
        ? 'plain-text error body without a Server header'
        : undefined,
  },
  {
    component: 'the default backend',
    hop: 'gateway',
    says: (response) => (/^default backend - 404/.test(response.body) ? 'default backend body' : undefined),
  },
  {
    component: 'NGINX',
    hop: 'proxy',
    says: (response) =>
      /<hr><center>(?:nginx|openresty)(?:\/[\d.]+)?<\/center>/.test(response.body) ? 'NGINX error page' : undefined,
  },
];

/** Which proxies each dialect's data plane is: an error page of another proxy was made behind (or before) the gateway. */
const PROXY_OF_CONTROLLER: readonly (readonly [RegExp, string])[] = [
  [/ingress-nginx|nginx\.org|nginx-gateway/i, 'NGINX'],
  [/kong/i, 'Kong'],
  [/haproxy/i, 'HAProxy'],
  [/traefik/i, 'Traefik'],
  [/envoy|contour|istio|cilium|gloo|kgateway|emissary|ambassador/i, 'Envoy'],
];

export function proxyOf(gateway: GatewayInstance): string | undefined {
  const text = `${gateway.controller} ${gateway.dialect} ${gateway.name}`;
  return PROXY_OF_CONTROLLER.find(([pattern]) => pattern.test(text))?.[1];
}

export interface OriginFacts {
  readonly gateway: GatewayInstance | undefined;
  readonly response: ResponseObservation | undefined;
  readonly access: readonly AccessEntry[];
  readonly errors: readonly BackendErrorEntry[];
  readonly app: AppObservations;
  readonly status: number | undefined;
  /** Asked from inside the cluster: the client itself resolves the name and connects to the Pod. */
  readonly inside: boolean;
}

const CLIENT_HOPS: Readonly<Record<'inside' | 'outside', (kind: ClientError['kind']) => HopKind>> = {
  inside: (kind) => (kind === 'dns' ? 'cluster-dns' : kind === 'refused' || kind === 'tls' ? 'pod' : 'network'),
  outside: (kind) => (kind === 'dns' ? 'external-dns' : kind === 'tls' ? 'gateway' : 'edge'),
};

/** Which hop made the status, as far as the response and the logs say. */
export function decideOrigin(facts: OriginFacts): GeneratedBy | undefined {
  const said = fromResponse(facts);
  // Many apps are the same proxy as the gateway and write the same page; who answered a 4xx is plain in the gateway's log.
  if (said?.hop === 'gateway' && (facts.status ?? 500) < 500) {
    const logged = fromLogs(facts);
    if (logged?.hop === 'app') return logged;
  }
  return said ?? fromLogs(facts);
}

function fromResponse({ response, gateway, app, inside }: OriginFacts): GeneratedBy | undefined {
  if (response === undefined) return undefined;
  if (response.clientError !== undefined && response.status === undefined) {
    const hop = CLIENT_HOPS[inside ? 'inside' : 'outside'](response.clientError.kind);
    return { hop, component: 'the client', evidence: [responseEvidence(response, response.clientError.message)] };
  }
  for (const maker of MAKERS) {
    const why = maker.says(response);
    if (why === undefined) continue;
    return attribute(maker, why, response, gateway, app);
  }
  return undefined;
}

function attribute(
  maker: Maker,
  why: string,
  response: ResponseObservation,
  gateway: GatewayInstance | undefined,
  app: AppObservations,
): GeneratedBy {
  const evidence: Evidence[] = [responseEvidence(response, why)];
  if (maker.hop !== 'proxy') return { hop: maker.hop, component: maker.component, evidence };
  const own = gateway === undefined ? undefined : proxyOf(gateway);
  const passed = response.headers['x-envoy-upstream-service-time'] !== undefined;
  // ingress-nginx leaves the version out of its pages (server-tokens is off unless somebody turns it on).
  const versioned = gateway?.dialect === 'ingress-nginx' && /<center>(?:nginx|openresty)\/\d/.test(response.body);
  if (own !== undefined && (own !== maker.component || versioned || (maker.component === 'Envoy' && passed))) {
    // Another proxy's page came through the gateway: it was made behind it.
    const pod = app.pods[0];
    if (passed)
      evidence.push(
        responseEvidence(response, 'x-envoy-upstream-service-time: the gateway got this answer from the backend'),
      );
    return {
      hop: 'app',
      component: `${maker.component} behind ${gateway?.name ?? 'the gateway'}`,
      ...(pod === undefined ? {} : { object: idOf(pod) }),
      evidence,
    };
  }
  return { hop: 'gateway', component: gateway?.name ?? maker.component, ...gatewayObject(gateway), evidence };
}

function gatewayObject(gateway: GatewayInstance | undefined): { object?: ObjectId } {
  return gateway?.object === undefined ? {} : { object: gateway.object };
}

/** The latest failing line that can tell. */
function fromLogs({ access, errors, gateway, app, status }: OriginFacts): GeneratedBy | undefined {
  const telling = access
    .filter((entry) => entry.generated !== undefined && (status === undefined || entry.status === status))
    .at(-1);
  if (telling !== undefined) {
    const evidence = [
      logEvidence(
        telling,
        telling.generated === true ? 'the proxy made this status itself' : 'the backend answered with this status',
      ),
    ];
    if (telling.generated === true)
      return { hop: 'gateway', component: gateway?.name ?? telling.format, ...gatewayObject(gateway), evidence };
    const pod = app.pods[0];
    return {
      hop: 'app',
      component: pod === undefined ? 'the backend' : `Pod ${pod.namespace}/${pod.name}`,
      ...(pod === undefined ? {} : { object: idOf(pod) }),
      evidence,
    };
  }
  const error = errors.at(-1);
  if (error === undefined) return undefined;
  return {
    hop: 'gateway',
    component: gateway?.name ?? error.format,
    ...gatewayObject(gateway),
    evidence: [logEvidence(error, error.phrase)],
  };
}
