import type { ProbeSpeech } from '../../probe-observation.ts';
import { DEFAULT_LIMITS, type ProbeLimits, type ProbeSpec } from '../contract.ts';

/** Small sizes, and no pause between attempts. */
export const SMALL: ProbeLimits = {
  ...DEFAULT_LIMITS,
  headerBytes: 16 * 1024,
  bodyBytes: 64 * 1024,
  pauseMs: 1,
};

/** For servers that never go on; others would be cut short on a busy machine. */
export const HASTY: ProbeLimits = { ...SMALL, tlsMs: 300, answerMs: 300, bodyMs: 300 };

export function specFor(
  { address, port }: { readonly address: string; readonly port: number },
  speech: ProbeSpeech = 'http/1.1',
  more: Partial<ProbeSpec> = {},
): ProbeSpec {
  return {
    target: { role: 'url', from: 'caller', name: 'shop.example.com' },
    name: 'shop.example.com',
    address,
    port,
    tls: false,
    host: 'shop.example.com',
    speech,
    method: 'GET',
    path: '/api?q=1',
    headers: {},
    repeat: 1,
    idle: [],
    ...more,
  };
}
