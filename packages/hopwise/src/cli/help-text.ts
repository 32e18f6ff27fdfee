import { wrapCommand } from '../report/shell-wrap.ts';
import { padEnd, wrap } from '../report/width.ts';
import { type ArgumentSpec, COMMANDS, type CommandSpec, EXIT_CODES } from './commands.ts';
import { flagOf } from './flag-of.ts';
import type { FlagName } from './flags.ts';

const INTRODUCTION =
  'Why does this URL return 502/504 or reach the wrong place on Kubernetes, which hop made the error, and what do I change.';

/** The overview that `hopwise help` prints. */
export function overview(program: string, width: number): string {
  const names = Math.max(...COMMANDS.map((command) => command.name.length));
  return `${[
    ...wrap(INTRODUCTION, width),
    '',
    'Commands:',
    ...COMMANDS.flatMap(({ name, about }) => columns(`  ${padEnd(name, names)}  `, about, width)),
    '',
    'For example:',
    `  ${program} diagnose https://shop.example.com/api/cart --from ./incident`,
    '',
    'Exit codes:',
    ...EXIT_CODES.flatMap(({ code, means }) => columns(`  ${padEnd(String(code), 3)}  `, means, width)),
    '',
    ...wrap(`${program} help COMMAND tells the flags of a command.`, width),
  ].join('\n')}\n`;
}

/** The help of one command. */
export function commandHelp(command: CommandSpec, program: string, width: number): string {
  const flags = command.flags.map((name) => [flagHead(command, name), flagAbout(command, name)] as const);
  const head = Math.min(26, Math.max(...flags.map(([text]) => text.length)));
  return `${[
    ...wrap(`${command.about}.`, width),
    '',
    `Usage: ${usage(command, program)}`,
    ...command.details.flatMap((paragraph) => ['', ...wrap(paragraph, width)]),
    ...(command.argument === undefined ? [] : ['']),
    ...argumentsOf(command).flatMap(({ name, about }) => columns(`  ${name}  `, about, width)),
    '',
    'Flags:',
    ...flags.flatMap(([text, about]) => columns(`  ${padEnd(text, head)}  `, about, width)),
    ...(command.examples.length === 0 ? [] : ['', 'Examples:']),
    ...command.examples.flatMap(({ about, line }) => [`  ${about}:`, ...wrapCommand(`${program} ${line}`, width, 4)]),
    '',
    'Exit codes:',
    ...EXIT_CODES.flatMap(({ code, means }) => columns(`  ${padEnd(String(code), 3)}  `, means, width)),
    ...(command.exits ?? []).flatMap((text) => ['', ...wrap(`Exit code here: ${text}.`, width)]),
  ].join('\n')}\n`;
}

export function usage(command: CommandSpec, program: string): string {
  const names = argumentsOf(command).map(({ name, needed }) => (needed ? ` ${name}` : ` [${name}]`));
  return `${program} ${command.name}${names.join('')} [flags]`;
}

export function argumentsOf({ argument, furtherArguments = [] }: CommandSpec): readonly ArgumentSpec[] {
  return argument === undefined ? [] : [argument, ...furtherArguments];
}

/** `-o, --output FORMAT` */
export function flagHead(command: CommandSpec, name: FlagName): string {
  const { short, value } = flagOf(command, name);
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** What a flag does, with the values it takes. */
export function flagAbout(command: CommandSpec, name: FlagName): string {
  const { about, values } = flagOf(command, name);
  const taken = name === 'output' ? command.outputs : values;
  const named = taken?.every((value) => about.includes(value)) === true;
  return taken === undefined || named ? about : `${about}: ${taken.join(', ')}`;
}

/** Text behind a head; below it when the head is too long. */
function columns(head: string, text: string, width: number): string[] {
  const indent = Math.min(head.length, 30);
  const [first = '', ...rest] = wrap(text, width - indent);
  const under = rest.map((line) => ' '.repeat(indent) + line);
  return head.length > indent ? [head.trimEnd(), ' '.repeat(indent) + first, ...under] : [head + first, ...under];
}
