import { COMMANDS, type CommandSpec, findCommand } from '../commands.ts';
import { flagOf } from '../flag-of.ts';
import { FLAG_NAMES, type FlagName, type FlagSpec, flagSpec, isFlagName } from '../flags.ts';
import { argumentWords, flagValues } from './words.ts';

export type LookedUp = NonNullable<FlagSpec['complete']>;

/** What may stand where the cursor is. */
export type Slot =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'lookup'; readonly what: LookedUp }
  | { readonly kind: 'files' };

export interface FoundSlot {
  readonly slot: Slot;
  /** What stands before the text to complete and belongs to the same word: `--context=`. */
  readonly before: string;
  readonly text: string;
  /** Values of the flags that stand before the cursor, the last one of each. */
  readonly flags: ReadonlyMap<FlagName, string>;
}

const NOTHING: Slot = { kind: 'words', words: [] };

/** Finds what the last of the words is to become; the words are what stands behind the program's name, up to the cursor. */
export function findSlot(words: readonly string[]): FoundSlot {
  const text = words.at(-1) ?? '';
  const flags = new Map<FlagName, string>();
  const free: string[] = [];
  let waiting: FlagName | undefined;
  for (const word of words.slice(0, -1)) {
    const { name, value } = readFlag(word);
    if (waiting !== undefined) {
      flags.set(waiting, word);
      waiting = undefined;
    } else if (name !== undefined && value !== undefined) flags.set(name, value);
    else if (name !== undefined && flagSpec(name).value !== undefined) waiting = name;
    else if (!word.startsWith('-')) free.push(word);
  }
  const command = findCommand(free[0] ?? '');
  const rest = { flags, text, before: '' };
  if (waiting !== undefined) return { ...rest, slot: valueSlot(command, waiting) };
  const { name, value } = readFlag(text);
  if (name !== undefined && value !== undefined && text.startsWith('--')) {
    const before = text.slice(0, text.length - value.length);
    return { ...rest, before, text: value, slot: valueSlot(command, name) };
  }
  return { ...rest, slot: text.startsWith('-') ? flagSlot(command) : argumentSlot(command, free.length) };
}

/** `--context`, `--context=prod`, `-n`, `-nshop`. */
function readFlag(word: string): { readonly name?: FlagName; readonly value?: string } {
  const long = /^--([a-z][a-z-]*)(?:=(.*))?$/.exec(word);
  if (long?.[1] !== undefined && isFlagName(long[1])) {
    return long[2] === undefined ? { name: long[1] } : { name: long[1], value: long[2] };
  }
  const short = /^-([A-Za-z])(.*)$/.exec(word);
  const name = short === null ? undefined : FLAG_NAMES.find((flag) => flagSpec(flag).short === short[1]);
  if (name === undefined) return {};
  return short?.[2] === undefined || short[2] === '' ? { name } : { name, value: short[2] };
}

function valueSlot(command: CommandSpec | undefined, name: FlagName): Slot {
  const { path, complete } = command === undefined ? flagSpec(name) : flagOf(command, name);
  if (complete !== undefined) return { kind: 'lookup', what: complete };
  const values = command === undefined ? flagSpec(name).values : flagValues(command, name);
  if (values !== undefined) return { kind: 'words', words: values };
  return path === true ? { kind: 'files' } : NOTHING;
}

function flagSlot(command: CommandSpec | undefined): Slot {
  return command === undefined ? NOTHING : { kind: 'words', words: command.flags.map((name) => `--${name}`) };
}

function argumentSlot(command: CommandSpec | undefined, given: number): Slot {
  if (command === undefined) {
    return given === 0 ? { kind: 'words', words: COMMANDS.map(({ name }) => name) } : NOTHING;
  }
  const argument = [command.argument, ...(command.furtherArguments ?? [])][given - 1];
  if (argument === undefined) return NOTHING;
  if (argument.complete === 'requests') return { kind: 'lookup', what: 'requests' };
  const words = argumentWords(argument);
  return words.length === 0 ? { kind: 'files' } : { kind: 'words', words };
}
