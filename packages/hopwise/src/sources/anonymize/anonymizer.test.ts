import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../contract.ts';
import { AddressMap } from './addresses.ts';
import { Anonymizer } from './anonymizer.ts';
import { WordCollector } from './collect-words.ts';
import { tellingWords, WordMap } from './words.ts';

const KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.'));

function sharedBits(a: string, b: string): number {
  const bits = (text: string) =>
    text
      .split('.')
      .map((byte) => Number(byte).toString(2).padStart(8, '0'))
      .join('');
  const [first, second] = [bits(a), bits(b)];
  let shared = 0;
  while (shared < 32 && first[shared] === second[shared]) shared++;
  return shared;
}

describe('addresses', () => {
  const map = new AddressMap(KEY);

  it('share as many leading bits as before, and stay private, public or special', () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        const [x, y] = [map.replace(a), map.replace(b)];
        expect(isIPv4(x)).toBe(true);
        expect(sharedBits(x, y)).toBe(sharedBits(a, b));
        expect(x.split('.')[0]).toBe(a.split('.')[0]);
        const isPrivate = (text: string) => /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(text);
        expect(isPrivate(x)).toBe(isPrivate(a));
      }),
    );
  });

  it('lie in the same networks as before', () => {
    const [network = '', length = ''] = map.replace('10.244.0.0/16').split('/');
    expect(length).toBe('16');
    expect(network).toMatch(/\.0\.0$/);
    expect(sharedBits(network, map.replace('10.244.3.7'))).toBeGreaterThanOrEqual(16);
    expect(sharedBits(network, map.replace('10.245.3.7'))).toBeLessThan(16);
    const inDns = map.replace('10-244-3-7.shop.pod.cluster.local');
    expect(inDns).toBe(`${map.replace('10.244.3.7').replaceAll('.', '-')}.shop.pod.cluster.local`);
  });

  it('of IPv6 too', () => {
    const [a, b] = [map.replace('fd00:10:244::5'), map.replace('fd00:10:244:1::9')];
    expect([isIPv6(a), isIPv6(b)]).toEqual([true, true]);
    expect(a.split(':').slice(0, 3)).toEqual(b.split(':').slice(0, 3));
    expect(map.replace('[fd00:10:244::5]:8080')).toBe(`[${a}]:8080`);
    expect(map.replace('fd00:10:244::/56')).toMatch(/::\/56$/);
  });

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '::',
    '::1',
    'fe80::1',
    '169.254.169.254',
    'Chrome/120.0.0.0',
    '12:34:56',
    'std::string',
    '1.2.3',
    '2026-05-12-10',
  ])('%s stays', (text) => expect(map.replace(text)).toBe(text));
});

describe('words', () => {
  it('tell whose it is, unless they are common or made by Kubernetes', () => {
    expect(tellingWords('acmeCheckout-jqq6w2hbc7-2v5pf')).toEqual(['acme', 'checkout']);
    expect(tellingWords('ingress-nginx-controller')).toEqual([]);
    expect(tellingWords('api.acme-payments.com')).toEqual(['acme', 'payments']);
  });

  it('have pseudonyms of their own, of the same length and case', () => {
    const words = new Set(['acme', 'acne', 'globex', 'initech', 'umbrella']);
    const map = new WordMap(KEY, words);
    expect(new Set(map.pseudonyms.values()).size).toBe(words.size);
    for (const [word, pseudonym] of map.pseudonyms) expect(pseudonym).toHaveLength(word.length);
    const acme = map.pseudonyms.get('acme') ?? '';
    expect(map.replace('acme ACME_URL AcmeService acmeter')).toBe(
      `${acme} ${acme.toUpperCase()}_URL ${acme.charAt(0).toUpperCase()}${acme.slice(1)}Service acmeter`,
    );
  });
});

describe('objects', () => {
  const ingress: JsonObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'acme-web',
      namespace: 'acme',
      annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '60', 'acme.io/owner': 'jane.doe@acme.io' },
    },
    spec: {
      rules: [
        {
          host: 'portal.edge-cloud.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'acme-web' } } }] },
        },
      ],
    },
  };

  it('hold no telling word any more, and still refer to each other', () => {
    const collector = new WordCollector();
    collector.object(ingress);
    const anonymizer = new Anonymizer(KEY, collector);
    const other = anonymizer.object(ingress);
    const text = JSON.stringify(other);
    expect(text).not.toMatch(/acme|jane|doe|edge-cloud/i);
    const name = anonymizer.text('acme-web');
    expect(other).toMatchObject({
      kind: 'Ingress',
      metadata: { name, annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '60' } },
      spec: { rules: [{ http: { paths: [{ pathType: 'Prefix', backend: { service: { name } } }] } }] },
    });
    expect(anonymizer.text('host: "portal.edge-cloud.com", upstream acme-acme-web-80')).toBe(
      `host: "${(other.spec as { rules: { host: string }[] }).rules[0]?.host}", upstream ${anonymizer.text('acme')}-${name}-80`,
    );
  });

  it('take no Service for a domain', () => {
    const collector = new WordCollector();
    collector.object({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'api', namespace: 'dev' } });
    collector.object({
      apiVersion: 'x/v1',
      kind: 'X',
      metadata: { name: 'x' },
      spec: { host: 'api.dev', hosts: ['edge.cloud.io'] },
    });
    expect([...collector.domains]).toEqual(['cloud.io']);
  });

  it('lose certificates, which name hosts', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const anonymizer = new Anonymizer(KEY, new WordCollector());
    expect(anonymizer.text(`a ${pem}`)).toBe('a REDACTED\n');
    expect(anonymizer.text(Buffer.from(pem).toString('base64'))).toBe('UkVEQUNURUQ=');
  });
});
