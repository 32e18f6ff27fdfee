import { describe, expect, it } from 'vitest';
import { ask, askAll, modelOf } from '../../testing/cluster.ts';
import { gatewayApi } from './dialect.ts';
import { modifyPath } from './path-rewrite.ts';
import { gateway, gatewayClass, route, service } from './testing/manifests.ts';

const LISTENERS = `
- {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
- {name: alt, port: 8080, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
- {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: c}]}, allowedRoutes: {namespaces: {from: All}}}`;

const asked = (rules: string, line: string, more = '') =>
  ask(gatewayApi, modelOf(gateway(LISTENERS) + route('HTTPRoute/app/web', rules) + more), line);
const filtered = (filter: string, path = '/', backends = ', backendRefs: [{name: web, port: 80}]') =>
  `rules: [{matches: [{path: {value: ${path}}}], filters: [${filter}]${backends}}]`;

describe('ReplacePrefixMatch', () => {
  // The table of HTTPPathModifier.ReplacePrefixMatch in apis/v1/httproute_types.go.
  it.each([
    ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
    ['/foo', '/foo', '/xyz', '/xyz'],
    ['/foo/', '/foo', '/xyz', '/xyz/'],
    ['/foo/bar', '/foo', '', '/bar'],
    ['/foo/', '/foo', '', '/'],
    ['/foo', '/foo', '', '/'],
    ['/foo/', '/foo', '/', '/'],
    ['/foo', '/foo', '/', '/'],
    ['/foo/bar', '/', '/xyz', '/xyz/foo/bar'],
  ])('of %s, prefix %s by %j gives %s', (path, prefix, value, modified) => {
    expect(modifyPath(path, { kind: 'ReplacePrefixMatch', value }, prefix)).toBe(modified);
  });
});

describe('filters', () => {
  it('rewrite path and host for the backend and keep the query', () => {
    const rewrite = (path: string) => `{type: URLRewrite, urlRewrite: {hostname: inner.example, path: ${path}}}`;
    const prefix = rewrite('{type: ReplacePrefixMatch, replacePrefixMatch: /v1}');
    expect(asked(filtered(prefix, '/api'), 'GET http://any/api/cart?a=1')).toBe(
      'Service/app/web:80, path /v1/cart?a=1, host inner.example',
    );
    const full = rewrite('{type: ReplaceFullPath, replaceFullPath: /all}');
    expect(asked(filtered(full, '/api'), 'GET http://any/api/cart?a=1')).toBe(
      'Service/app/web:80, path /all?a=1, host inner.example',
    );
  });

  it('change request headers; a Host header is a host rewrite', () => {
    const headers =
      '{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-Env, value: prod}], add: [{name: Host, value: h.example}], remove: [a]}}';
    expect(asked(filtered(headers), 'GET http://any/')).toBe('Service/app/web:80, host h.example, x-env=prod');
  });

  // HTTPRequestRedirectFilter: scheme, hostname, path, port and their defaults.
  it.each([
    ['{}', 'GET http://a.example/x?q=1', '302 http://a.example/x?q=1'],
    ['{}', 'GET http://a.example:8080/x', '302 http://a.example:8080/x'],
    ['{}', 'GET https://a.example/x', '302 https://a.example/x'],
    ['{scheme: https, statusCode: 301}', 'GET http://a.example/x', '301 https://a.example/x'],
    ['{scheme: https}', 'GET http://a.example:8080/x', '302 https://a.example/x'],
    ['{scheme: http}', 'GET https://a.example/x', '302 http://a.example/x'],
    ['{port: 8443}', 'GET https://a.example/x', '302 https://a.example:8443/x'],
    ['{scheme: https, port: 443}', 'GET http://a.example/x', '302 https://a.example/x'],
    ['{hostname: b.example, statusCode: 308}', 'GET http://a.example/x', '308 http://b.example/x'],
    ['{path: {type: ReplaceFullPath, replaceFullPath: /y}}', 'GET http://a.example/x/z', '302 http://a.example/y'],
    [
      '{path: {type: ReplacePrefixMatch, replacePrefixMatch: /y}}',
      'GET http://a.example/x/z',
      '302 http://a.example/y/z',
    ],
  ])('redirect %s of %s to %s', (redirect, line, expected) => {
    const rules = filtered(`{type: RequestRedirect, requestRedirect: ${redirect}}`, '/x', '');
    expect(asked(rules, line)).toBe(`redirect ${expected}`);
  });

  it('that are not modelled are said', () => {
    const rule = (filter: string) =>
      askAll(
        gatewayApi.toRoutes(modelOf(gateway(LISTENERS) + route('HTTPRoute/app/web', filtered(filter)))),
        'GET http://any/',
      )?.rule;
    expect(
      rule('{type: ExtensionRef, extensionRef: {group: x.example, kind: Auth, name: a}}')?.notUnderstood,
    ).toMatchObject([{ object: 'HTTPRoute/app/web', path: 'spec.rules[0].filters[0]' }]);
    expect(rule('{type: CORS, cors: {allowOrigins: ["*"]}}')?.notUnderstood).toEqual([]);
  });

  it('mirror to nowhere without harm, except with Envoy Gateway', () => {
    const rules = filtered('{type: RequestMirror, requestMirror: {backendRef: {name: gone, port: 80}}}');
    const yaml = (controller: string) =>
      gatewayClass(controller) +
      gateway(LISTENERS) +
      service('app/web', '[{port: 80}]') +
      route('HTTPRoute/app/web', rules);
    const answer = (controller: string) => ask(gatewayApi, modelOf(yaml(controller), ['Service']), 'GET http://any/');
    expect(answer('example.com/other')).toBe('Service/app/web:80 + Service/app/gone:80 x0 mirror');
    expect(answer('gateway.envoyproxy.io/gatewayclass-controller')).toBe('fixed 500');
  });

  it('mirror without taking a share of the requests', () => {
    expect(
      asked(filtered('{type: RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}}}'), 'GET http://any/'),
    ).toBe('Service/app/web:80 + Service/app/copy:80 x0 mirror');
  });
});

const GRANT_TO_NOBODY = `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: none, namespace: other}
spec: {from: [{group: gateway.networking.k8s.io, kind: GRPCRoute, namespace: nobody}], to: [{group: '', kind: Service}]}
`;

describe('backends', () => {
  const refs = (list: string) => `rules: [{backendRefs: [${list}]}]`;

  it('have weights; none left is 500', () => {
    expect(
      asked(
        refs('{name: a, port: 80, weight: 9}, {name: b, port: 81}, {name: c, port: 82, weight: 0}'),
        'GET http://x/',
      ),
    ).toBe('Service/app/a:80 x9 + Service/app/b:81 + Service/app/c:82 x0');
    expect(asked(refs('{name: a, port: 80, weight: 0}'), 'GET http://x/')).toBe('fixed 500');
    expect(asked('rules: [{backendRefs: []}]', 'GET http://x/')).toBe('fixed 500');
  });

  it('of a GRPCRoute that cannot be used answer what the implementation gives gRPC clients', () => {
    const rules = `rules:
      - matches: [{method: {service: all}}]
        backendRefs: [{name: a, namespace: other, port: 80}]
      - matches: [{method: {service: some}}]
        backendRefs: [{name: a, namespace: other, port: 80}, {name: web, port: 80}]`;
    const answer = (controller: string, name: string) => {
      const yaml = gatewayClass(controller) + gateway(LISTENERS) + route('GRPCRoute/app/web', rules);
      const model = modelOf(yaml + service('app/web', '[{port: 80}]') + GRANT_TO_NOBODY, ['Service']);
      return ask(gatewayApi, model, `POST http://any/${name}/Get`);
    };
    const some = (status: number) => `Service/other/a:80 refused ${status} + Service/app/web:80`;
    expect(answer('example.com/other', 'all')).toBe('Service/other/a:80 refused 503');
    expect(answer('example.com/other', 'some')).toBe(some(503));
    const envoyGateway = 'gateway.envoyproxy.io/gatewayclass-controller';
    expect(answer(envoyGateway, 'all')).toBe('Service/other/a:80 refused 500');
    expect(answer(envoyGateway, 'some')).toBe(some(503));
  });

  it('of another namespace need a grant for the kind, the name and the route’s namespace', () => {
    const grant = (from: string, to: string) => `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: data}
spec: {from: [{group: gateway.networking.k8s.io, ${from}}], to: [{group: '', ${to}}]}
`;
    const given = (from: string, kind: string) =>
      asked(refs('{name: db, namespace: data, port: 80}'), 'GET http://x/', grant(from, kind));
    expect(given('kind: HTTPRoute, namespace: app', 'kind: Service')).toBe('Service/data/db:80');
    expect(given('kind: HTTPRoute, namespace: app', 'kind: Service, name: db')).toBe('Service/data/db:80');
    for (const [from, kind] of [
      ['kind: GRPCRoute, namespace: app', 'kind: Service'],
      ['kind: HTTPRoute, namespace: other', 'kind: Service'],
      ['kind: HTTPRoute, namespace: app', 'kind: Secret'],
      ['kind: HTTPRoute, namespace: app', 'kind: Service, name: other'],
    ] as const) {
      expect(given(from, kind)).toBe('Service/data/db:80 refused 500');
    }
  });

  it('are not refused for grants that nobody read, unless the status says so', () => {
    const yaml = gateway(LISTENERS) + route('HTTPRoute/app/web', refs('{name: db, namespace: data, port: 80}'));
    const rule = (text: string) => askAll(gatewayApi.toRoutes(modelOf(text)), 'GET http://x/')?.rule;
    expect(rule(yaml)?.notUnderstood).toMatchObject([{ path: 'spec.rules[0].backendRefs[0]' }]);
    const status =
      'status: {parents: [{controllerName: c, parentRef: {name: edge, namespace: infra}, conditions: [{type: ResolvedRefs, status: "False", reason: RefNotPermitted}]}]}\n';
    expect(ask(gatewayApi, modelOf(yaml + status), 'GET http://x/')).toBe('Service/data/db:80 refused 500');
  });

  it('without a port or of a core kind other than Service are invalid; other kinds are not judged', () => {
    expect(asked(refs('{name: a}'), 'GET http://x/')).toBe('Service/app/a:undefined refused 500');
    expect(asked(refs('{kind: Pod, name: a, port: 80}'), 'GET http://x/')).toBe('Pod/app/a:80 refused 500');
    expect(asked(refs('{group: gateway.envoyproxy.io, kind: Backend, name: a, port: 80}'), 'GET http://x/')).toBe(
      'Backend/app/a:80',
    );
  });
});

describe('settings', () => {
  const settings = (yaml: string) =>
    askAll(gatewayApi.toRoutes(modelOf(gateway(LISTENERS) + yaml)), 'GET http://x/')?.rule?.settings ?? {};

  it('come from the rule, with the field that set them', () => {
    const rule =
      'rules: [{timeouts: {request: 1m30s, backendRequest: 500ms}, retry: {codes: [500, 503], attempts: 3}, sessionPersistence: {cookie: {name: s}}, backendRefs: [{name: web, port: 80}]}]';
    expect(settings(route('HTTPRoute/app/web', rule))).toMatchObject({
      requestTimeout: { value: 90_000, from: { object: 'HTTPRoute/app/web', path: 'spec.rules[0].timeouts.request' } },
      readTimeout: { value: 500, from: { path: 'spec.rules[0].timeouts.backendRequest' } },
      retries: { value: 'connection errors 500 503' },
      retryTries: { value: 3 },
      affinity: { value: 'cookie' },
      backendProtocol: { value: 'http', from: { kind: 'default' } },
    });
  });

  it('come from the implementation where the rule says nothing', () => {
    const plain = route('HTTPRoute/app/web', 'rules: [{backendRefs: [{name: web, port: 80}]}]');
    const timeout = (controller: string) => settings(gatewayClass(controller) + plain).requestTimeout?.value;
    expect(timeout('gateway.envoyproxy.io/gatewayclass-controller')).toBe(15_000);
    expect(timeout('istio.io/gateway-controller')).toBe(0);
    expect(timeout('example.com/other')).toBeUndefined();
  });

  it('tell the backend’s protocol by appProtocol, kind of route and BackendTLSPolicy', () => {
    const http = route('HTTPRoute/app/web', 'rules: [{backendRefs: [{name: web, port: 80}]}]');
    const protocol = (yaml: string) => settings(yaml).backendProtocol;
    expect(protocol(http + service('app/web', '[{port: 80, appProtocol: kubernetes.io/h2c}]'))).toEqual({
      value: 'h2c',
      from: { kind: 'field', object: 'Service/app/web', path: 'spec.ports[0].appProtocol' },
    });
    expect(protocol(http.replaceAll('HTTPRoute', 'GRPCRoute'))?.value).toBe('grpc');
    const policy = (target: string, name: string, hostname: string) => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: ${name}, namespace: app}
spec:
  targetRefs: [{group: '', kind: Service, name: web${target}}]
  validation: {hostname: ${hostname}, caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}]}
`;
    const both =
      service('app/web', '[{name: main, port: 80}]') +
      policy('', 'all', 'all.example') +
      policy(', sectionName: main', 'main', 'main.example');
    expect(settings(http + both)).toMatchObject({
      backendProtocol: { value: 'https' },
      backendTls: {
        value: { verify: true, sni: 'main.example', verifyName: 'main.example', caFrom: 'ConfigMap/app/ca' },
      },
    });
  });

  it('come from Envoy Gateway’s policies, the most specific first', () => {
    const policy = (target: string, namespace: string, spec: string, kind = 'BackendTrafficPolicy') =>
      `\n---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${kind}-${namespace}-${target.length}, namespace: ${namespace}}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, ${target}}], ${spec}}\n`;
    const http = route('HTTPRoute/app/web', 'rules: [{name: main, backendRefs: [{name: web, port: 80}]}]');
    const onGateway = policy(
      'kind: Gateway, name: edge',
      'infra',
      'timeout: {http: {requestTimeout: 60s}}, circuitBreaker: {maxConnections: 10}',
    );
    const onRoute = (more: string) =>
      policy(
        'kind: HTTPRoute, name: web',
        'app',
        `timeout: {http: {requestTimeout: 30s}, tcp: {connectTimeout: 1s}}${more}`,
      );
    const eg = gatewayClass('gateway.envoyproxy.io/gatewayclass-controller') + http;
    expect(settings(eg + onGateway)).toMatchObject({
      requestTimeout: { value: 60_000 },
      connectionLimit: { value: 10 },
    });
    expect(settings(eg + onGateway + onRoute(''))).toMatchObject({
      requestTimeout: { value: 30_000, from: { path: 'spec.timeout.http.requestTimeout' } },
      connectTimeout: { value: 1000 },
      connectionLimit: { value: 1024, from: { kind: 'default' } },
    });
    expect(settings(eg + onGateway + onRoute(', mergeType: StrategicMerge'))).toMatchObject({
      requestTimeout: { value: 30_000 },
      connectionLimit: { value: 10 },
    });
    const onRule = policy(
      'kind: HTTPRoute, name: web, sectionName: main',
      'app',
      'timeout: {http: {requestTimeout: 5s}}',
    );
    expect(settings(eg + onRule + onRoute('')).requestTimeout?.value).toBe(5000);
    const secured = askAll(
      gatewayApi.toRoutes(
        modelOf(gateway(LISTENERS) + eg + policy('kind: HTTPRoute, name: web', 'app', 'jwt: {}', 'SecurityPolicy')),
      ),
      'GET http://x/',
    );
    expect(secured?.rule?.notUnderstood).toMatchObject([
      { path: 'spec.jwt', effect: 'adds-status', mayAnswer: [401, 403] },
    ]);
  });

  it('follow Cilium’s switch for appProtocol', () => {
    const config = (value: string) =>
      `\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: kube-system}\ndata: {enable-gateway-api-app-protocol: '${value}', proxy-idle-timeout-seconds: '30'}\n`;
    const yaml = (value: string) =>
      settings(
        gatewayClass('io.cilium/gateway-controller') +
          route('HTTPRoute/app/web', 'rules: [{backendRefs: [{name: web, port: 80}]}]') +
          service('app/web', '[{port: 80, appProtocol: kubernetes.io/h2c}]') +
          config(value),
      );
    expect(yaml('true').backendProtocol?.value).toBe('h2c');
    expect(yaml('false').backendProtocol?.value).toBe('auto');
    expect(yaml('true').upstreamIdleTimeout).toMatchObject({
      value: 30_000,
      from: { object: 'ConfigMap/kube-system/cilium-config' },
    });
  });
});

describe('the data plane', () => {
  const pod = (id: string, labels: string) => {
    const [namespace, name] = id.split('/');
    return `\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}\nspec: {containers: [{name: c, image: i}]}\nstatus: {phase: Running}\n`;
  };
  const found = (controller: string, objects: string, status = '') => {
    const instance = gatewayApi.toRoutes(modelOf(gatewayClass(controller) + gateway(LISTENERS) + status + objects))
      .gateways[0];
    const pods = instance?.pods;
    return [
      pods?.state === 'found' ? pods.value.map(({ namespace, name }) => `${namespace}/${name}`) : pods?.state,
      instance?.services.map(({ name }) => name),
    ];
  };

  it('is told by the labels implementations put on it', () => {
    const selector = (labels: string) => `  selector: ${labels}\n`;
    expect(
      found(
        'gateway.envoyproxy.io/gatewayclass-controller',
        service('envoy-gateway-system/envoy-infra-edge-1a2b', '[{port: 80}]', selector('{app: e}')).replace(
          'metadata: {',
          'metadata: {labels: {gateway.envoyproxy.io/owning-gateway-name: edge, gateway.envoyproxy.io/owning-gateway-namespace: infra}, ',
        ) + pod('envoy-gateway-system/envoy-1', '{app: e}'),
      ),
    ).toEqual([['envoy-gateway-system/envoy-1'], ['envoy-infra-edge-1a2b']]);
    expect(
      found('istio.io/gateway-controller', pod('infra/edge-istio-1', '{gateway.networking.k8s.io/gateway-name: edge}')),
    ).toEqual([['infra/edge-istio-1'], []]);
    expect(
      found(
        'io.cilium/gateway-controller',
        service('infra/cilium-gateway-edge', '[{port: 80}]') +
          pod('kube-system/cilium-envoy-1', '{k8s-app: cilium-envoy}'),
      ),
    ).toEqual([['kube-system/cilium-envoy-1'], ['cilium-gateway-edge']]);
  });

  it('is told by the Gateway’s address when nothing is labelled', () => {
    const lb = service(
      'edge/lb',
      '[{port: 80}]',
      '  type: LoadBalancer\n  selector: {app: proxy}\nstatus: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}\n',
    );
    expect(
      found('example.com/c', lb + pod('edge/proxy-1', '{app: proxy}'), 'status: {addresses: [{value: 203.0.113.9}]}\n'),
    ).toEqual([['edge/proxy-1'], ['lb']]);
  });

  it('is unknown when it cannot be told, and in the cloud', () => {
    expect(found('example.com/c', '')).toEqual(['unknown', []]);
    expect(
      found('networking.gke.io/gateway', pod('infra/x', '{gateway.networking.k8s.io/gateway-name: edge}')),
    ).toEqual(['unknown', []]);
  });
});
