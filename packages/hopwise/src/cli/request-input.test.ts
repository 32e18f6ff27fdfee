import { describe, expect, it } from 'vitest';
import { completeUrl } from './request-input.ts';

describe('completeUrl', () => {
  it.each([
    ['https://shop.example.com/a', 'https://shop.example.com/a'],
    ['grpc://shop.example.com', 'grpc://shop.example.com'],
    ['shop.example.com', 'https://shop.example.com'],
    ['shop.example.com:8443/a?b#c', 'https://shop.example.com:8443/a?b#c'],
    ['shop.example.com:80/a', 'http://shop.example.com:80/a'],
    ['cart.shop.svc:7070', 'http://cart.shop.svc:7070'],
    ['cart.shop.svc.cluster.local/x', 'http://cart.shop.svc.cluster.local/x'],
    ['cart.shop.svc:443', 'https://cart.shop.svc:443'],
    ['localhost:8080', 'http://localhost:8080'],
    ['203.0.113.10', 'https://203.0.113.10'],
    // Not a host: the engine says what is wrong with it.
    ['/api/cart', '/api/cart'],
    ['mailto:me', 'mailto:me'],
    ['user@host', 'user@host'],
    ['', ''],
  ])('%s', (given, completed) => {
    expect(completeUrl(given, false)).toBe(completed);
  });

  it('a caller inside the cluster asks for short names over http', () => {
    expect(completeUrl('cart:7070/x', true)).toBe('http://cart:7070/x');
  });
});
