import { describe, expect, it } from 'vitest';
import type { Ingress } from '../../../../model/kinds/ingress.ts';
import type { Service, ServicePort } from '../../../../model/kinds/service.ts';
import type { IngressController } from '../../../ingress/controllers.ts';
import { settingsAt } from './index.ts';
import { type Place, parseTime } from './place.ts';

interface Asked {
  readonly controller: string;
  readonly tag?: string;
  readonly flags?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  readonly ingress?: Readonly<Record<string, string>>;
  readonly service?: Readonly<Record<string, string>>;
  readonly port?: Partial<ServicePort>;
  readonly path?: string;
}

/** Only what a settings reader looks at. */
function ask({ controller, tag, flags = {}, config, ingress = {}, service = {}, port = {}, path = '/' }: Asked) {
  const own = { port: 80, targetPort: 8080, protocol: 'TCP' as const, ...port };
  const meta = { namespace: 'shop', name: 'web' };
  const map = { kind: 'ConfigMap', namespace: 'edge', name: 'config', data: config ?? {} };
  const given =
    config === undefined ? flags : { configmap: 'edge/config', 'nginx-configmaps': 'edge/config', ...flags };
  return settingsAt({
    model: {
      get: () => (config === undefined ? { state: 'absent' } : { state: 'found', value: map }),
    } as unknown as Place['model'],
    controller: {
      known: { id: controller },
      namespace: 'edge',
      flags: { get: (name: string) => (given as Record<string, string>)[name], words: [], unresolved: [] },
      ...(tag === undefined ? {} : { image: { repository: 'x', tag } }),
    } as unknown as IngressController,
    ingress: { kind: 'Ingress', ...meta, annotations: ingress } as unknown as Ingress,
    path,
    service: { kind: 'Service', ...meta, annotations: service, ports: [own] } as unknown as Service,
    port: own,
  });
}

const KEY = 'haproxy.org/timeout-server';

describe('settings of controllers without a dialect of their own', () => {
  it.each([
    ['1.10.7', 50_000],
    ['1.10.11', 50_000],
    ['1.11.0', 300_000],
    ['v3.1.4', 300_000],
  ])('haproxytech %s reads timeout-server of an Ingress as %d ms', (tag, expected) => {
    expect(ask({ controller: 'haproxytech', tag, ingress: { [KEY]: '300s' } }).readTimeout?.value).toBe(expected);
  });

  it('haproxytech of an unknown release: an annotated timeout is not known, one that nobody set is', () => {
    expect(ask({ controller: 'haproxytech', tag: 'latest', ingress: { [KEY]: '300s' } }).readTimeout).toBeUndefined();
    expect(ask({ controller: 'haproxytech', tag: 'latest' }).readTimeout?.value).toBe(50_000);
  });

  it('haproxytech: Service before Ingress before ConfigMap, and the backend snippet in every release', () => {
    const config = { 'timeout-server': '10s' };
    expect(ask({ controller: 'haproxytech', tag: '1.10.7', config }).readTimeout?.value).toBe(10_000);
    const both = { tag: '3.1.0', config, ingress: { [KEY]: '20s' }, service: { [KEY]: '30s' } };
    expect(ask({ controller: 'haproxytech', ...both }).readTimeout?.value).toBe(30_000);
    const snippet = { 'haproxy.org/backend-config-snippet': 'option forwardfor\ntimeout server 5m' };
    expect(ask({ controller: 'haproxytech', tag: '1.10.7', service: snippet }).readTimeout?.value).toBe(300_000);
  });

  it.each<[string, Omit<Asked, 'controller'>, string]>([
    ['a plain port', {}, 'http'],
    ['port 443', { port: { port: 443 } }, 'https'],
    ['a name that begins with https', { port: { name: 'https-web' } }, 'https'],
    [
      'serversscheme before the port',
      { port: { port: 443 }, service: { 'traefik.ingress.kubernetes.io/service.serversscheme': 'h2c' } },
      'h2c',
    ],
  ])('Traefik and %s', (_, place, expected) => {
    expect(ask({ ...place, controller: 'traefik' }).backendProtocol?.value).toBe(expected);
  });

  it('Contour: appProtocol alone counts where it is set, else the list of ports; WebSocket by path', () => {
    const service = { 'projectcontour.io/upstream-protocol.tls': '443,80' };
    expect(ask({ controller: 'contour', service }).backendProtocol?.value).toBe('https');
    const port = { appProtocol: 'kubernetes.io/h2c' };
    expect(ask({ controller: 'contour', service, port }).backendProtocol?.value).toBe('h2c');
    const ingress = { 'projectcontour.io/websocket-routes': '/chat, /ws' };
    expect(ask({ controller: 'contour', ingress, path: '/ws' }).websocket?.value).toBe(true);
    expect(ask({ controller: 'contour', ingress, path: '/' }).websocket?.value).toBe(false);
    expect(ask({ controller: 'contour' }).requestTimeout?.value).toBe(15_000);
  });

  it('Kong reads the Service only, in milliseconds; F5 reads lists of Service names', () => {
    const kong = { 'konghq.com/read-timeout': '10000', 'konghq.com/protocol': 'grpcs' };
    expect(ask({ controller: 'kong', ingress: kong }).readTimeout?.value).toBe(60_000);
    expect(ask({ controller: 'kong', service: kong }).readTimeout?.value).toBe(10_000);
    expect(ask({ controller: 'kong', service: kong }).backendProtocol?.value).toBe('grpcs');
    const f5 = { 'nginx.org/websocket-services': 'other, web', 'nginx.org/ssl-services': 'webs' };
    expect(ask({ controller: 'nginx-inc', ingress: f5 }).websocket?.value).toBe(true);
    expect(ask({ controller: 'nginx-inc', ingress: f5 }).backendProtocol?.value).toBe('http');
  });

  it('knows nothing of a controller it does not know', () => {
    expect(ask({ controller: 'skipper' })).toEqual({});
  });

  it.each<[string, 'ms' | 's', number | undefined]>([
    ['50s', 'ms', 50_000],
    ['1m30s', 's', 90_000],
    ['300000', 'ms', 300_000],
    ['60', 's', 60_000],
    ['', 's', undefined],
    ['soon', 's', undefined],
    ['5s5', 's', undefined],
  ])('time %j with bare %s', (text, bare, expected) => {
    expect(parseTime(text, bare)).toBe(expected);
  });
});
