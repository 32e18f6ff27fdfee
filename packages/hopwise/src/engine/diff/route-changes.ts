import { displayId } from '../../base/object-id.ts';
import { CHECKS } from '../../checks/registry.gen.ts';
import type { RouteChange, ScanDocument, ScanTarget, TraceDocument } from '../../report/diagnosis.ts';
import type { Snapshot } from '../contract.ts';
import { trace } from '../engine.ts';
import { scanSnapshot } from '../scan.ts';

/** A snapshot with every route examined. */
export interface Examined {
  readonly snapshot: Snapshot;
  readonly scan: ScanDocument;
}

export function examine(snapshot: Snapshot): Examined {
  return { snapshot, scan: scanSnapshot(snapshot, {}, CHECKS) };
}

/** Routes and entry points that lead somewhere else, end otherwise, came or went; of one host when given. */
export function routeChanges(before: Examined, after: Examined, host?: string): readonly RouteChange[] {
  const [old, young] = [targetsOf(before, host), targetsOf(after, host)];
  const changes: RouteChange[] = [];
  for (const key of new Set([...young.keys(), ...old.keys()])) {
    const [was, is] = [old.get(key), young.get(key)];
    const target = is ?? was;
    const [first, second] = [outcome(before, was), outcome(after, is)];
    if (target === undefined || first === second) continue;
    changes.push({
      name: target.name,
      object: target.object,
      state: turnOf(was, is),
      ...(first === undefined ? {} : { before: first }),
      ...(second === undefined ? {} : { after: second }),
    });
  }
  return changes.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function targetsOf({ scan }: Examined, host: string | undefined): ReadonlyMap<string, ScanTarget> {
  const wanted = scan.targets.filter(
    ({ kind, name }) => host === undefined || (kind === 'route' && hostOf(name) === host),
  );
  return new Map(wanted.map((target) => [`${target.kind} ${target.name} ${target.object}`, target]));
}

function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/:]+)/.exec(url)?.[1] ?? '';
}

function turnOf(was: ScanTarget | undefined, is: ScanTarget | undefined): RouteChange['state'] {
  const [before, after] = [was?.state === 'broken', is?.state === 'broken'];
  return before === after ? 'other' : after ? 'worse' : 'better';
}

function outcome({ snapshot }: Examined, target: ScanTarget | undefined): string | undefined {
  if (target === undefined) return undefined;
  const causes = target.causes.map(({ id, object }) => `${id} on ${displayId(object)}`).join(', ');
  const end = target.state === 'ok' ? 'works' : causes === '' ? target.state : `broken by ${causes}`;
  return target.kind === 'route' ? `${decisionText(trace(snapshot, { url: target.name }))}: ${end}` : end;
}

/** `Service shop/cart:80`, `redirect to …`, `404 of the gateway`. */
export function decisionText({ decision }: Pick<TraceDocument, 'decision'>): string {
  const { backends = [], location = '?', status } = decision;
  if (decision.kind === 'redirect') return `redirect to ${location}`;
  if (decision.kind === 'fixed') return `fixed answer ${status ?? ''}`.trimEnd();
  if (decision.kind === 'none') return `no rule takes it (${status ?? 404})`;
  const weighted = backends.length > 1;
  return backends
    .map(
      ({ object, port, weight }) =>
        `${displayId(object)}${port === undefined ? '' : `:${port}`}${weighted ? ` (weight ${weight})` : ''}`,
    )
    .join(', ');
}
