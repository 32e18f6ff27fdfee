import { describe, expect, it } from 'vitest';
import { onceResolved } from './once-resolved.ts';

describe('onceResolved', () => {
  it('finds plain hosts of NGINX and leaves variables, upstream blocks and addresses alone', () => {
    const text = [
      'upstream carts { server cart-0.cart:7070; server cart-1.cart:7070 resolve; server 10.0.0.1:80; }',
      'upstream orders {',
      '  server orders.shop.svc:8080 max_fails=3;',
      '}',
      'server {',
      '  server_name shop.example.com;',
      '  location /settings/ {',
      '    proxy_pass http://settings:8080/;',
      '  }',
      '  location /orders/ { proxy_pass http://orders; }',
      '  location /live/ {',
      '    proxy_pass http://$backend;',
      '  }',
      '}',
    ].join('\n');
    expect(onceResolved(text).map(({ name, scope }) => [name, scope])).toEqual([
      ['orders.shop.svc', 'upstream orders {'],
      ['settings', 'location /settings/ {'],
    ]);
  });

  it('knows what HAProxy and Varnish look up once', () => {
    const haproxy =
      'backend api\n  server api1 api.shop.svc:80 check\n  server api2 live.shop.svc:80 resolvers k8s check\n';
    expect(onceResolved(haproxy).map(({ name, proxy }) => [name, proxy])).toEqual([['api.shop.svc', 'HAProxy']]);
    expect(
      onceResolved('backend default {\n  .host = "shop-web";\n  .port = "80";\n}').map(({ name }) => name),
    ).toEqual(['shop-web']);
  });
});
