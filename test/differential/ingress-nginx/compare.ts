import type { TraceDocument } from '../../../packages/hopwise/src/report/diagnosis.ts';
import type { WireAnswer } from './ask.ts';
import { NAMESPACES, SERVICES, type World } from './world.ts';

/** `agree`, `unsure` (hopwise says that it does not know), or what the two answers differ in. */
export type Comparison =
  | 'agree'
  | 'unsure'
  | { readonly differs: string; readonly hopwise: string; readonly real: string };

/** Holds hopwise's answer beside what the real NGINX did: backend, received path and host, status and location. */
export function compare(world: World, said: TraceDocument, real: WireAnswer): Comparison {
  if (said.unknowns.some(({ what }) => what === 'routing rules')) return 'unsure';
  const { decision } = said;
  const expected = decision.kind === 'backend' ? said.predictedStatus : decision.status;
  if (real.received?.errorPageOf !== undefined) return same('status', expected, real.received.errorPageOf) ?? 'agree';
  if (real.received === undefined) {
    return same('status', expected, real.status) ?? same('location', decision.location, real.location) ?? 'agree';
  }
  const { received } = decision;
  if (decision.kind !== 'backend' || received === undefined)
    return { differs: 'kind', hopwise: `${decision.kind} ${expected ?? ''}`, real: `backend ${real.received.chosen}` };
  const chosen = chosenBackend(real.received.chosen, world);
  const candidates = (decision.backends ?? []).filter(({ weight }) => weight > 0);
  if (!candidates.some(({ object, port }) => chosen.includes(nameOf(object, port))))
    return (
      same('backend', candidates.map(({ object, port }) => nameOf(object, port)).join(' + '), chosen.join()) ?? 'agree'
    );
  // One of several backends may be down while this request met another. A cluster IP without endpoints, where a connection
  // is refused, is played by the echo server like any other.
  const refused = expected === 502 && chosen.some((name) => /\/idle:/.test(name));
  const status = candidates.length === 1 && !refused ? (expected ?? real.status) : real.status;
  return (
    same('status', status, real.status) ??
    same('path', received.path, real.received.path) ??
    same('host', plainName(received.host), plainName(real.received.host)) ??
    same('x-forwarded-prefix', received.headers['x-forwarded-prefix'], real.received.forwardedPrefix) ??
    'agree'
  );
}

/** hopwise names the host; how it is written in the header is the client's affair. */
function plainName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

function same(what: string, hopwise: unknown, real: unknown): Comparison | undefined {
  return hopwise === real ? undefined : { differs: what, hopwise: String(hopwise), real: String(real) };
}

function nameOf(object: string, port: number | string | undefined): string {
  return `${object}:${port ?? ''}`;
}

/** The Service, with the port as the Ingress writes it, behind a name of NGINX's (controller.go: upstreamName). */
function chosenBackend(chosen: string, world: World): readonly string[] {
  const [main = '', canary = ''] = chosen.split('|');
  const name = canary === '' ? main : canary;
  if (name === 'upstream-default-backend') {
    const flag = world.flags.find((entry) => entry.startsWith('--default-backend-service='));
    return [`Service/${flag?.split('=')[1]}:80`];
  }
  for (const namespace of NAMESPACES) {
    for (const service of SERVICES) {
      const object = `Service/${namespace}/${service}`;
      if (name === `custom-default-backend-${namespace}-${service}`) return [`${object}:80`];
      if (name.startsWith(`${namespace}-${service}-`))
        return [`${object}:${name.slice(namespace.length + service.length + 2)}`];
    }
  }
  return [name];
}
