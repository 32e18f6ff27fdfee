import { describe, expect, it } from 'vitest';
import { ask, modelOf } from '../../testing/cluster.ts';
import { gatewayApi } from './dialect.ts';
import { intersectHostname } from './hostname.ts';
import { gateway, gatewayClass, namespaceWith, route } from './testing/manifests.ts';

const HTTPS = `
- {name: http, port: 80, protocol: HTTP}
- name: https
  hostname: '*.example.org'
  port: 443
  protocol: HTTPS
  tls: {certificateRefs: [{name: wildcard}]}`;
const RULES = 'rules: [{backendRefs: [{name: web, port: 80}]}]';

const refusals = (yaml: string, complete: readonly string[] = []) =>
  gatewayApi
    .toRoutes(modelOf(yaml, complete))
    .unattached.map(({ object, hosts, reason, field, blamed, certainty }) =>
      [object, `[${hosts.join(' ')}]`, reason, field, blamed ?? 'itself', certainty].join(' '),
    );

describe('hostname intersection', () => {
  // apis/v1/gateway_types.go Listener.Hostname, httproute_types.go Hostnames.
  it.each([
    ['', '', ''],
    ['', 'a.example', 'a.example'],
    ['a.example', '', 'a.example'],
    ['a.example', 'a.example', 'a.example'],
    ['a.example', 'b.example', undefined],
    ['*.example', 'a.example', 'a.example'],
    ['*.example', 'a.b.example', 'a.b.example'],
    ['*.example', 'example', undefined],
    ['*.example', '.example', undefined],
    ['a.example', '*.example', 'a.example'],
    ['example', '*.example', undefined],
    ['*.example', '*.example', '*.example'],
    ['*.example', '*.b.example', '*.b.example'],
    ['*.b.example', '*.example', '*.b.example'],
    ['*.example', '*.other', undefined],
    ['*.ample', 'a.example', undefined],
  ])('of listener %j and route %j is %j', (listener, routeHost, common) => {
    expect(intersectHostname(listener, routeHost)).toBe(common);
  });
});

describe('a route that a Gateway takes', () => {
  it('answers for the listener’s hostname when it has none, and only there for hosts in common', () => {
    const model = modelOf(gateway(HTTPS) + route('HTTPRoute/infra/any', RULES));
    const table = gatewayApi.toRoutes(model);
    expect(table.gateways[0]?.hosts.map(({ host, listener }) => [listener, host])).toEqual([
      ['http', ''],
      ['https', '*.example.org'],
    ]);
    expect(ask(gatewayApi, model, 'GET https://deep.shop.example.org/')).toBe('Service/infra/web:80');
    expect(ask(gatewayApi, model, 'GET https://example.org/')).toBe('none 404');
  });

  it('attaches by sectionName and by port', () => {
    const parts = (parent: string) =>
      gatewayApi
        .toRoutes(
          modelOf(gateway(HTTPS) + route('HTTPRoute/infra/one', `parentRefs: [{name: edge, ${parent}}]\n${RULES}`)),
        )
        .gateways[0]?.hosts.map(({ listener }) => listener);
    expect(parts('sectionName: https')).toEqual(['https']);
    expect(parts('port: 80')).toEqual(['http']);
    expect(parts('port: 443, sectionName: https')).toEqual(['https']);
  });

  it('is isolated to the most specific listener of its port', () => {
    const model = modelOf(
      gateway(`
        - {name: any, port: 80, protocol: HTTP}
        - {name: wild, port: 80, protocol: HTTP, hostname: '*.example.org'}
        - {name: exact, port: 80, protocol: HTTP, hostname: shop.example.org}`) +
        ['any', 'wild', 'exact']
          .map((name) =>
            route(
              `HTTPRoute/infra/${name}`,
              `parentRefs: [{name: edge, sectionName: ${name}}]\nrules: [{matches: [{path: {value: /${name}}}], backendRefs: [{name: ${name}, port: 80}]}]`,
            ),
          )
          .join(''),
    );
    expect(ask(gatewayApi, model, 'GET http://shop.example.org/exact')).toBe('Service/infra/exact:80');
    expect(ask(gatewayApi, model, 'GET http://shop.example.org/wild')).toBe('none 404');
    expect(ask(gatewayApi, model, 'GET http://other.example.org/wild')).toBe('Service/infra/wild:80');
    expect(ask(gatewayApi, model, 'GET http://elsewhere/any')).toBe('Service/infra/any:80');
  });
});

describe('a route that a Gateway refuses', () => {
  const other = (spec = RULES) => route('HTTPRoute/team/web', `hostnames: [shop.example.org]\n${spec}`);

  it('blames the Gateway for its namespaces: Same, Selector, None', () => {
    expect(refusals(gateway(HTTPS) + other())).toEqual([
      'HTTPRoute/team/web [shop.example.org] not-allowed spec.listeners[0].allowedRoutes.namespaces Gateway/infra/edge certain',
    ]);
    const selecting = gateway(`
      - name: http
        port: 80
        protocol: HTTP
        allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {web: 'yes'}}}}`);
    expect(refusals(selecting + other() + namespaceWith('team', '{web: "no"}'))).toEqual([
      'HTTPRoute/team/web [shop.example.org] not-allowed spec.listeners[0].allowedRoutes.namespaces Gateway/infra/edge certain',
    ]);
    expect(refusals(selecting + other() + namespaceWith('team', '{web: "yes"}'))).toEqual([]);
    // Labels nobody read: attached for the time being, and said so.
    const unread = gatewayApi.toRoutes(modelOf(selecting + other()));
    expect(unread.unattached).toEqual([]);
    expect(unread.gateways[0]?.notUnderstood).toMatchObject([{ object: 'Gateway/infra/edge' }]);
  });

  it('needs no labels for a selector by namespace name', () => {
    const byName = gateway(`
      - name: http
        port: 80
        protocol: HTTP
        allowedRoutes: {namespaces: {from: Selector, selector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [team]}]}}}`);
    expect(refusals(byName + other())).toEqual([]);
  });

  it('blames the route for a listener or port that is not there', () => {
    const parent = (ref: string) =>
      gateway(HTTPS) +
      route('HTTPRoute/infra/web', `parentRefs: [{name: edge, ${ref}}]\nhostnames: [a.example.org]\n${RULES}`);
    expect(refusals(parent('sectionName: websecure'))).toEqual([
      'HTTPRoute/infra/web [a.example.org] no-matching-listener spec.parentRefs[0].sectionName itself certain',
    ]);
    expect(refusals(parent('port: 8443'))).toEqual([
      'HTTPRoute/infra/web [a.example.org] no-matching-listener spec.parentRefs[0].port itself certain',
    ]);
  });

  it('blames the route for hostnames of which no listener is', () => {
    const only = gateway("- {name: http, port: 80, protocol: HTTP, hostname: '*.example.org'}");
    expect(refusals(only + route('HTTPRoute/infra/web', `hostnames: [shop.example.com]\n${RULES}`))).toEqual([
      'HTTPRoute/infra/web [shop.example.com] host-mismatch spec.hostnames itself certain',
    ]);
    expect(
      refusals(only + route('HTTPRoute/infra/web', `hostnames: [a.example.org, b.example.com]\n${RULES}`)),
    ).toEqual(['HTTPRoute/infra/web [b.example.com] host-mismatch spec.hostnames itself certain']);
  });

  it('names the listener of the route’s own hostname rather than another one that would take its namespace', () => {
    const two = gateway(`
      - {name: internal, port: 80, protocol: HTTP, hostname: '*.internal', allowedRoutes: {namespaces: {from: All}}}
      - {name: public, port: 80, protocol: HTTP, hostname: '*.example.org'}`);
    expect(refusals(two + other())).toEqual([
      'HTTPRoute/team/web [shop.example.org] not-allowed spec.listeners[1].allowedRoutes.namespaces Gateway/infra/edge certain',
    ]);
  });

  it('says which of its listeners refuses a route that another one takes', () => {
    const two = gateway(`
      - {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
      - {name: https, port: 443, protocol: HTTPS, hostname: '*.example.org', tls: {certificateRefs: [{name: c}]}}`);
    expect(refusals(two + other())).toEqual([
      'HTTPRoute/team/web [shop.example.org] not-allowed spec.listeners[1].allowedRoutes.namespaces Gateway/infra/edge certain',
    ]);
  });

  it('blames the Gateway for kinds it does not take, and a TLS listener takes TLSRoute only', () => {
    const grpcOnly = gateway('- {name: http, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{kind: GRPCRoute}]}}');
    expect(refusals(grpcOnly + route('HTTPRoute/infra/web', RULES))).toEqual([
      'HTTPRoute/infra/web [] kind-not-allowed spec.listeners[0].allowedRoutes.kinds Gateway/infra/edge certain',
    ]);
    const passthrough = gateway('- {name: tls, port: 443, protocol: TLS, tls: {mode: Passthrough}}');
    expect(refusals(passthrough + route('HTTPRoute/infra/web', RULES))).toEqual([
      'HTTPRoute/infra/web [] kind-not-allowed spec.listeners[0].protocol Gateway/infra/edge certain',
    ]);
  });

  it('knows Gateways that do not exist, are elsewhere, or were not read', () => {
    const lost = route('HTTPRoute/team/web', `parentRefs: [{name: edge}]\n${RULES}`);
    expect(refusals(gateway(HTTPS) + lost)).toEqual([
      'HTTPRoute/team/web [] no-parent spec.parentRefs[0].namespace itself certain',
    ]);
    expect(refusals(lost)).toEqual(['HTTPRoute/team/web [] no-parent spec.parentRefs[0].name itself unsure']);
    expect(refusals(route('HTTPRoute/team/web', `parentRefs: []\n${RULES}`))).toEqual([
      'HTTPRoute/team/web [] no-parent spec.parentRefs itself certain',
    ]);
  });

  it('leaves mesh routes alone', () => {
    expect(
      refusals(route('HTTPRoute/team/web', `parentRefs: [{group: '', kind: Service, name: web}]\n${RULES}`)),
    ).toEqual([]);
  });

  it('finds classes that nobody serves', () => {
    const yaml = gateway(HTTPS) + route('HTTPRoute/infra/web', `hostnames: [a.example.org]\n${RULES}`);
    expect(refusals(yaml + gatewayClass('example.com/c', 'other'))).toEqual([
      'HTTPRoute/infra/web [a.example.org] class-unclaimed spec.gatewayClassName Gateway/infra/edge certain',
    ]);
    const waiting =
      'status: {conditions: [{type: Accepted, status: Unknown, reason: Pending, message: Waiting for controller}]}\n';
    expect(refusals(yaml + gatewayClass('example.com/c') + waiting)).toEqual([
      'HTTPRoute/infra/web [a.example.org] class-unclaimed spec.gatewayClassName GatewayClass//any certain',
    ]);
    expect(refusals(yaml + gatewayClass('example.com/c'))).toEqual([]);
    const manifests = yaml.replace(", creationTimestamp: '2026-01-01T00:00:00Z'", '');
    expect(refusals(manifests + gatewayClass('example.com/c', 'other'))).toEqual([]);
  });
});

describe('the change that would let a route in', () => {
  const wanted = (yaml: string) => gatewayApi.toRoutes(modelOf(yaml)).unattached.map((entry) => entry.wanted);

  it('adds the namespace and keeps those that may attach', () => {
    const value = (values: readonly string[]) => ({
      from: 'Selector',
      selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] },
    });
    const team = route('HTTPRoute/team/web', `hostnames: [shop.example.org]\n${RULES}`);
    const path = 'spec.listeners[0].allowedRoutes.namespaces';
    expect(wanted(gateway(HTTPS) + team)).toEqual([
      { object: 'Gateway/infra/edge', path, value: value(['infra', 'team']) },
    ]);
    const listed = (key: string) =>
      gateway(`
      - name: http
        port: 80
        protocol: HTTP
        allowedRoutes: {namespaces: {from: Selector, selector: {matchExpressions: [{key: ${key}, operator: In, values: [a]}]}}}`);
    expect(wanted(listed('kubernetes.io/metadata.name') + team)).toEqual([
      { object: 'Gateway/infra/edge', path, value: value(['a', 'team']) },
    ]);
    expect(wanted(listed('tier') + team + namespaceWith('team', '{tier: b}'))).toEqual([undefined]);
  });

  it('names the listener, namespace or class that is the only one', () => {
    const parent = (ref: string) =>
      route('HTTPRoute/infra/web', `parentRefs: [{name: edge, ${ref}}]\nhostnames: [a.example.net]\n${RULES}`);
    expect(wanted(gateway(HTTPS) + parent('sectionName: web'))).toEqual([
      { object: 'HTTPRoute/infra/web', path: 'spec.parentRefs[0].sectionName', value: 'http' },
    ]);
    expect(wanted(gateway(HTTPS) + route('HTTPRoute/team/web', `parentRefs: [{name: edge}]\n${RULES}`))).toEqual([
      { object: 'HTTPRoute/team/web', path: 'spec.parentRefs[0].namespace', value: 'infra' },
    ]);
    expect(wanted(gateway(HTTPS) + gatewayClass('c', 'other') + route('HTTPRoute/infra/web', RULES))).toEqual([
      { object: 'Gateway/infra/edge', path: 'spec.gatewayClassName', value: 'other' },
    ]);
  });
});

describe('the status of a route', () => {
  const parent = '{group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: infra}';
  const status = (condition: string) =>
    `status: {parents: [{controllerName: example.com/c, parentRef: ${parent}, conditions: [${condition}]}]}\n`;
  const yaml = (namespace: string, condition: string, listeners = HTTPS) =>
    gatewayClass('example.com/c') +
    gateway(listeners) +
    route(`HTTPRoute/${namespace}/web`, `parentRefs: [${parent}]\nhostnames: [a.example.org]\n${RULES}`) +
    status(condition);

  it('is evidence where it agrees, doubt where it contradicts', () => {
    const refused = gatewayApi.toRoutes(
      modelOf(yaml('team', '{type: Accepted, status: "False", reason: NotAllowedByListeners, message: namespace}')),
    ).unattached;
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: 'not-allowed', certainty: 'certain' });
    expect(refused[0]?.evidence.map(({ text }) => text)).toContain(
      'the controller says Accepted=False (NotAllowedByListeners): namespace',
    );
    expect(refusals(yaml('team', '{type: Accepted, status: "True", reason: Accepted}'))[0]).toMatch(/unsure$/);
  });

  it('decides about reasons of the controller’s own, not about those the objects speak of', () => {
    expect(refusals(yaml('infra', '{type: Accepted, status: "False", reason: UnsupportedValue}'))).toEqual([
      'HTTPRoute/infra/web [a.example.org] rejected spec.parentRefs[0] itself certain',
    ]);
    expect(refusals(yaml('infra', '{type: Accepted, status: "False", reason: NotAllowedByListeners}'))).toEqual([]);
  });
});

describe('listeners', () => {
  it('of one Gateway that cannot be told apart both stay out, unless the controller serves them', () => {
    const twins = `
      - {name: one, port: 80, protocol: HTTP, hostname: a.example}
      - {name: two, port: 80, protocol: HTTP, hostname: a.example}
      - {name: three, port: 80, protocol: HTTP}`;
    const names = (yaml: string) => [
      ...new Set(gatewayApi.toRoutes(modelOf(yaml)).gateways[0]?.listeners.map(({ name }) => name)),
    ];
    expect(names(gateway(twins))).toEqual(['three']);
    const served =
      'status: {listeners: [{name: one, conditions: [{type: Accepted, status: "True"}, {type: Conflicted, status: "False"}]}]}\n';
    expect(names(gateway(twins) + served)).toEqual(['one', 'three']);
  });

  it('that serve nothing say so to their routes', () => {
    const twins = gateway(`
      - {name: one, port: 80, protocol: HTTP, hostname: a.example}
      - {name: two, port: 80, protocol: HTTP, hostname: a.example}`);
    const attached = route('HTTPRoute/infra/web', `parentRefs: [{name: edge, sectionName: one}]\n${RULES}`);
    expect(refusals(twins + attached)).toEqual([
      'HTTPRoute/infra/web [a.example] rejected spec.listeners[0] Gateway/infra/edge certain',
    ]);
    const unavailable =
      'status: {listeners: [{name: http, conditions: [{type: Accepted, status: "False", reason: PortUnavailable}]}]}\n';
    expect(
      refusals(
        gateway(HTTPS) + unavailable + route('HTTPRoute/infra/web', `parentRefs: [{name: edge, port: 80}]\n${RULES}`),
      ),
    ).toEqual(['HTTPRoute/infra/web [] rejected spec.listeners[0] Gateway/infra/edge certain']);
  });

  it('come from ListenerSets where the Gateway lets them in', () => {
    const set = (namespace: string) => `
---
apiVersion: gateway.networking.x-k8s.io/v1alpha1
kind: XListenerSet
metadata: {name: extra, namespace: ${namespace}}
spec:
  parentRef: {name: edge, namespace: infra}
  listeners: [{name: http, port: 8080, protocol: HTTP}]
`;
    const attached = route(
      'HTTPRoute/team/web',
      `parentRefs: [{group: gateway.networking.x-k8s.io, kind: XListenerSet, name: extra}]\nhostnames: [a.example]\n${RULES}`,
    );
    const open = gateway(HTTPS, '  allowedListeners: {namespaces: {from: All}}');
    expect(ask(gatewayApi, modelOf(open + set('team') + attached), 'GET http://a.example:8080/')).toBe(
      'Service/team/web:80',
    );
    expect(refusals(gateway(HTTPS) + set('team') + attached)).toEqual([
      'HTTPRoute/team/web [a.example] not-allowed spec.allowedListeners.namespaces Gateway/infra/edge certain',
    ]);
  });

  it('show certificates of other namespaces only with a grant', () => {
    const yaml = gateway(`
      - {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: c, namespace: certs}]}}`);
    const grant = (to: string) => `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: certs}
spec:
  from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: infra}]
  to: [${to}]
`;
    const tls = (more: string) => gatewayApi.toRoutes(modelOf(yaml + more)).gateways[0]?.listeners[0]?.tls;
    expect(tls(grant("{group: '', kind: Secret}"))).toEqual({ mode: 'terminate', secrets: ['Secret/certs/c'] });
    expect(tls(grant("{group: '', kind: Secret, name: other}"))).toMatchObject({
      refused: [{ object: 'Gateway/infra/edge', path: 'spec.listeners[0].tls.certificateRefs[0]' }],
    });
  });
});

describe('TLSRoute', () => {
  it('forwards by server name on a passthrough listener', () => {
    const model = modelOf(
      gateway("- {name: tls, port: 443, protocol: TLS, hostname: '*.example.org', tls: {mode: Passthrough}}") +
        route('TLSRoute/infra/db', 'hostnames: [db.example.org]\nrules: [{backendRefs: [{name: db, port: 5432}]}]'),
    );
    expect(ask(gatewayApi, model, 'GET https://db.example.org/x')).toBe('Service/infra/db:5432');
    expect(ask(gatewayApi, model, 'GET https://web.example.org/x')).toBe('none 404');
  });
});
