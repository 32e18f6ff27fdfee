import type { FoundRequests, Probing, RequestInput } from '../engine/contract.ts';
import type { Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { readObjectArgument } from './object-argument.ts';
import { requestDefaults, requestFromFlags } from './request-input.ts';
import { type Loaded, loadSnapshot } from './snapshot.ts';

/** Other requests of an object that its note names. */
const NAMED = 4;

export interface LoadedRequest extends Loaded {
  readonly input: RequestInput;
  /** Can anybody be asked for it? Not for a host that was made up for an object that takes any. */
  readonly askable: boolean;
}

/** Reads what a command's URL (or the object in its place) needs, probing it where it is live, and says which request is meant. */
export async function loadRequest(
  invocation: Invocation,
  io: CliIo,
  argument: string,
  probing?: Probing,
): Promise<LoadedRequest> {
  const { flags } = invocation;
  const object = readObjectArgument(argument, flags.get('namespace'));
  if (object === undefined) {
    const { input, note } = requestFromFlags(argument, flags);
    const loaded = await loadSnapshot(invocation, io, input, probing);
    if (note !== undefined) await loaded.notes.note(note);
    return { ...loaded, input, askable: true };
  }
  const search = (await io.engine()).searchRequests(object, requestDefaults(flags));
  const loaded = await loadSnapshot(invocation, io, search, probing);
  const found = search.find(loaded.snapshot.model);
  await loaded.notes.note(`${argument}: asking for ${describe(found, io.program, object.namespace)}`);
  return { ...loaded, input: found.input, askable: !found.invented };
}

function describe({ input, others }: FoundRequests, program: string, namespace: string): string {
  const method = input.method === undefined ? '' : `${input.method} `;
  const headers = Object.entries(input.headers ?? {}).map(([name, value]) => ` with ${name}: ${value}`);
  const asked = `${method}${input.url}${headers.join('')}`;
  if (others.length === 0) return asked;
  const left = others.length - NAMED;
  const more = left > 0 ? ` and ${left} more (${program} scan -n ${namespace} looks at all)` : '';
  return `${asked}; it also serves ${others.slice(0, NAMED).join(', ')}${more}`;
}
