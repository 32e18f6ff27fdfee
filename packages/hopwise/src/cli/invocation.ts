import { parseArgs } from 'node:util';
import { nearestName } from '../sources/reading/nearest-name.ts';
import { COMMANDS, type CommandSpec, findCommand } from './commands.ts';
import { FLAG_NAMES, type FlagName, flagSpec, isFlagName } from './flags.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** A command line that makes sense: known command, its own flags, values where they belong. */
export interface Invocation {
  readonly command: CommandSpec;
  readonly argument: string | undefined;
  /** All of them, the first included. */
  readonly operands: readonly string[];
  readonly flags: Flags;
}

/** The flags that were given. */
export class Flags {
  readonly #values: ReadonlyMap<FlagName, readonly string[]>;

  constructor(values: ReadonlyMap<FlagName, readonly string[]>) {
    this.#values = values;
  }
  /** Was it given? */
  has(name: FlagName): boolean {
    return this.#values.has(name);
  }
  /** Its value, the last one when it was given several times. */
  get(name: FlagName): string | undefined {
    return this.#values.get(name)?.at(-1);
  }
  /** All its values, in order. */
  all(name: FlagName): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/** Reads a command line. Asked for help, it answers the help command, whatever else is wrong. */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options = tokens.filter((token) => token.kind === 'option');
  const [name, ...rest] = tokens.filter((token) => token.kind === 'positional').map((token) => token.value);
  const wantsHelp = options.some((token) => token.name === 'help');
  if (name === undefined)
    return withoutCommand(
      options.map((token) => token.name),
      wantsHelp,
    );
  const command = findCommand(name);
  if (command === undefined) throw unknownCommand(name);
  if (wantsHelp)
    return {
      command: commandNamed('help'),
      argument: command.name,
      operands: [command.name],
      flags: new Flags(new Map()),
    };
  const flags = new Map<FlagName, string[]>();
  for (const token of options) {
    const flag = knownFlag(command, token.name, token.rawName);
    const value = checkValue(command, flag, token.rawName, token.value, token.inlineValue === true);
    flags.set(flag, [...(flags.get(flag) ?? []), value]);
  }
  const argument = checkArguments(command, rest, flags.has('requests'));
  return { command, argument, operands: rest, flags: new Flags(flags) };
}

function parserOptions(): Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> {
  return Object.fromEntries(
    FLAG_NAMES.map((name) => {
      const { short, value } = flagSpec(name);
      const type = value === undefined ? 'boolean' : 'string';
      return [name, { type, multiple: true, ...(short === undefined ? {} : { short }) }];
    }),
  );
}

function commandNamed(name: string): CommandSpec {
  const command = findCommand(name);
  if (command === undefined) throw new Error(`no command ${name}`);
  return command;
}

function withoutCommand(options: readonly string[], wantsHelp: boolean): Invocation {
  const flags = new Flags(new Map());
  if (wantsHelp) return { command: commandNamed('help'), argument: undefined, operands: [], flags };
  if (options.includes('version'))
    return { command: commandNamed('version'), argument: undefined, operands: [], flags };
  throw new UsageError(
    'which command?',
    `commands: ${COMMANDS.map((command) => command.name).join(', ')}`,
    'try --help',
  );
}

function unknownCommand(name: string): UsageError {
  if (/^[a-z]+:\/\//i.test(name))
    return new UsageError(`'${name}' is a URL, not a command`, `try: diagnose ${name} --from PATH`);
  const names = COMMANDS.map((command) => command.name);
  return new UsageError(`unknown command '${name}'`, ...didYouMean(name, names), `commands: ${names.join(', ')}`);
}

/** What people type from other tools' habits, and what it is here. */
const HABITS: ReadonlyMap<string, string> = new Map([
  ['no-color', '--color never'],
  ['format', '--output'],
  ['file', '--from'],
  ['filename', '--from'],
  ['f', '--from'],
  ['input', '--from'],
  ['method', '--request'],
  ['json', '-o json'],
  ['yaml', '-o yaml'],
  ['pod', '--as-pod'],
  ['all-namespaces', 'nothing: all namespaces are read anyway'],
  ['A', 'nothing: all namespaces are read anyway'],
]);

function knownFlag(command: CommandSpec, name: string, rawName: string): FlagName {
  if (isFlagName(name) && command.flags.includes(name)) return name;
  if (isFlagName(name)) {
    const owners = COMMANDS.filter((other) => other.flags.includes(name)).map((other) => other.name);
    const hint = owners.length === 0 ? 'it stands alone, without a command' : `it belongs to: ${owners.join(', ')}`;
    throw new UsageError(`${command.name} has no flag ${rawName}`, hint);
  }
  throw new UsageError(
    `${command.name} has no flag ${rawName}`,
    ...meantFlag(command, name),
    `see: ${command.name} --help`,
  );
}

function meantFlag(command: CommandSpec, name: string): string[] {
  const meant = HABITS.has(name) ? name : nearestName(name, [...command.flags, ...HABITS.keys()]);
  if (meant === undefined) return [];
  const habit = HABITS.get(meant);
  return [habit === undefined ? `did you mean --${meant}?` : `use ${habit}`];
}

function checkValue(
  command: CommandSpec,
  flag: FlagName,
  rawName: string,
  value: string | undefined,
  inline: boolean,
): string {
  const spec = flagSpec(flag);
  if (spec.value === undefined) {
    if (inline && value !== undefined) throw new UsageError(`${rawName} takes no value (got '${value}')`);
    return '';
  }
  const taken = value !== undefined && !inline && value.length > 1 && value.startsWith('-') && looksLikeFlag(value);
  if (value === undefined || value === '' || taken) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${spec.value}`);
  }
  const values = flag === 'output' ? command.outputs : spec.values;
  if (values !== undefined && !values.includes(value)) {
    throw new UsageError(
      `${rawName} cannot be '${value}'`,
      ...didYouMean(value, values),
      `${command.name} takes: ${values.join(', ')}`,
    );
  }
  return value;
}

/** A value may begin with a dash, but a flag of ours that stands where a value should is a forgotten value. */
function looksLikeFlag(value: string): boolean {
  const name = value.replace(/^-+/, '').split('=', 1)[0] ?? '';
  return isFlagName(name) || FLAG_NAMES.some((flag) => flagSpec(flag).short === name);
}

function checkArguments(command: CommandSpec, given: readonly string[], optional: boolean): string | undefined {
  const [first] = given;
  const specs = [...(command.argument === undefined ? [] : [command.argument]), ...(command.furtherArguments ?? [])];
  if (specs.length === 0 && first !== undefined) {
    throw new UsageError(`${command.name} takes no argument (got '${first}')`, `see: ${command.name} --help`);
  }
  if (given.length > specs.length) {
    const names = specs.map(({ name }) => name);
    throw new UsageError(
      `${command.name} takes ${names.length === 1 ? `one ${names[0]}` : names.join(', ')}, got ${given.length}: ${given.join(' ')}`,
      'quote it when it holds spaces or &',
    );
  }
  const missing = specs.find((spec, index) => spec.needed && given[index] === undefined);
  if (missing !== undefined && !optional) {
    throw new UsageError(
      `${command.name} needs ${/^[AEIO]/.test(missing.name) ? 'an' : 'a'} ${missing.name}`,
      `${missing.name}: ${missing.about}`,
      `see: ${command.name} --help`,
    );
  }
  return first;
}
