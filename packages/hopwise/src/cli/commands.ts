import { CLUSTER_FLAGS, DIFF_OUTPUTS, type FlagName, REPORT_OUTPUTS, SCAN_OUTPUTS, TRACE_OUTPUTS } from './flags.ts';
import type { Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';

/** One command: what help, completion and the reference page say, and the code that is loaded only when it runs. */
export interface CommandSpec {
  readonly name: CommandName;
  /** One line, imperative. */
  readonly about: string;
  /** More, in paragraphs. */
  readonly details: readonly string[];
  readonly argument?: ArgumentSpec;
  /** What may stand behind it. */
  readonly furtherArguments?: readonly ArgumentSpec[];
  readonly flags: readonly FlagName[];
  /** `-o` names a file or folder here, not a format. */
  readonly writes?: { readonly value: string; readonly about: string };
  /** The formats `-o` takes. */
  readonly outputs?: readonly string[];
  readonly examples: readonly { readonly about: string; readonly line: string }[];
  /** What the exit codes mean here, where it is more than the general rule. */
  readonly exits?: readonly string[];
  readonly load: () => Promise<{ readonly run: (invocation: Invocation, io: CliIo) => Promise<number> }>;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly about: string;
  readonly needed: boolean;
  /** What completion offers for it. */
  readonly complete?: 'causes' | 'shells' | 'commands' | 'requests';
}

export type CommandName =
  | 'diagnose'
  | 'trace'
  | 'scan'
  | 'capture'
  | 'diff'
  | 'explain'
  | 'completion'
  | 'version'
  | 'help';

const SOURCE_FLAGS = ['from', ...CLUSTER_FLAGS] as const;
const LOG_FLAGS = ['since', 'no-logs'] as const;
const REQUEST_FLAGS = ['request', 'header', 'protocol', 'as', 'as-pod', 'namespace', 'requests'] as const;
const PROBE_FLAGS = [
  'probe',
  'repeat',
  'idle',
  'no-keep-alive',
  'insecure',
  'probe-timeout',
  'probe-image',
  'yes',
] as const;
const DISPLAY_FLAGS = ['color', 'width', 'ascii', 'quiet', 'help'] as const;
const URL_ARGUMENT: ArgumentSpec = {
  name: 'URL',
  about:
    'the URL as the client asks for it; without a scheme it is taken as https, or http for a cluster-internal name. Or an object that serves it: ingress/NAMESPACE/NAME, httproute/…, service/… (:PORT), pod/…; its first host and path are asked for',
  needed: true,
  complete: 'requests',
};

export const EXIT_CODES: readonly { readonly code: number; readonly means: string }[] = [
  { code: 0, means: 'nothing wrong found' },
  { code: 1, means: 'something wrong found' },
  { code: 2, means: 'hopwise could not do its job: wrong arguments, unreadable input, or a fault of its own' },
  { code: 130, means: 'interrupted' },
];

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'diagnose',
    about: 'Say why a URL fails, which hop made the error, and what to change',
    details: [
      'Walks the request from the client to the app, joins what logs, events and the response itself show, and names the deepest cause with its evidence, the change that removes it and the commands that prove it.',
    ],
    argument: URL_ARGUMENT,
    flags: [
      ...SOURCE_FLAGS,
      ...LOG_FLAGS,
      ...REQUEST_FLAGS,
      'status',
      'response',
      ...PROBE_FLAGS,
      'gateway-config',
      'output',
      'checklist',
      ...DISPLAY_FLAGS,
    ],
    outputs: REPORT_OUTPUTS,
    examples: [
      { about: 'On the cluster of the current context', line: 'diagnose https://shop.example.com/api/cart' },
      { about: 'Whatever an Ingress serves, on another cluster', line: 'diagnose ingress/shop/web --context staging' },
      { about: 'Diagnose from a capture folder', line: 'diagnose https://shop.example.com/api/cart --from ./incident' },
      {
        about: 'From a dump on standard input',
        line: 'diagnose https://shop.example.com/ --from - < cluster.yaml',
      },
      {
        about: 'A POST with a header, as a ticket text',
        line: "diagnose https://shop.example.com/api/pay -X POST -H 'content-type: application/json' --from ./incident -o markdown",
      },
      {
        about: 'From a Pod inside the cluster',
        line: 'diagnose http://cart.shop.svc:7070/ --as deployment/shop/web --from ./incident',
      },
      {
        about: 'Ask it as well, twenty times, and after a minute of silence',
        line: 'diagnose https://shop.example.com/api/cart --from ./incident --probe on --repeat 20 --idle 55s,65s',
      },
    ],
    exits: ['inconclusive is 1 when a failing status (400 or above) was observed, otherwise 0'],
    load: () => import('./commands/diagnose.ts'),
  },
  {
    name: 'trace',
    about: 'Show the path of a request: which rule wins and why, and each hop',
    details: ['The decision of the gateway and the way from there to the app, without looking for causes.'],
    argument: URL_ARGUMENT,
    flags: [...SOURCE_FLAGS, ...REQUEST_FLAGS, 'output', ...DISPLAY_FLAGS],
    outputs: TRACE_OUTPUTS,
    examples: [
      { about: 'On the cluster of another context', line: 'trace https://shop.example.com/api/cart --context staging' },
      { about: 'Which Service gets this request', line: 'trace https://shop.example.com/api/cart --from k8s/' },
      { about: 'Many requests over one reading, one JSON line each', line: 'trace --requests routes.txt --from k8s/' },
    ],
    exits: ['1 when no rule takes the request, a hop is broken, or the predicted status is 400 or above'],
    load: () => import('./commands/trace.ts'),
  },
  {
    name: 'scan',
    about: 'Check every route, entry point and Service of a cluster, a capture or manifests',
    details: [
      'One fault is one cause, however many routes it breaks. Absence of status in plain manifests is no fault.',
    ],
    flags: [...SOURCE_FLAGS, 'namespace', 'output', 'fail-on', 'baseline', 'write-baseline', ...DISPLAY_FLAGS],
    outputs: SCAN_OUTPUTS,
    examples: [
      { about: 'The cluster of the current context', line: 'scan' },
      { about: 'Check manifests before they are applied', line: 'scan --from k8s/' },
      {
        about: 'Fail a build only on what is new and likely',
        line: 'scan --from k8s/ --baseline known.json --fail-on likely',
      },
      { about: 'For code scanning', line: 'scan --from k8s/ -o sarif > hopwise.sarif' },
    ],
    exits: [
      '--fail-on decides what counts as wrong: likely is a confidence of 0.5 or more, certain 0.8, possible 0.25',
    ],
    load: () => import('./commands/scan.ts'),
  },
  {
    name: 'capture',
    about: 'Write what a diagnosis needs to a file, redacted, to look at later or hand to somebody',
    details: [
      'Secrets lose their values, and everything else its credentials: environment variables, arguments, annotations, ConfigMaps, URLs, headers, cookies and tokens in logs. What is left gets the same diagnosis as the cluster. Names and addresses stay.',
      'The file appears when it is whole. Capturing the same twice gives the same bytes. What could not be read or did not fit is said, here and in its capture.yaml. When the objects alone are too large, Events are left out; other objects never are.',
      '--anonymize gives words of names, hosts, labels and images pseudonyms of the same length, wherever they stand, and addresses pseudonyms that keep their networks; certificates are taken out. Words that are common technical English stay, and so do paths and messages apart from such names: look before you hand it on. The order of names changes, which decides between equal rules of the same age.',
      'With --for, hopwise keeps the namespaces on the path of the URL, and more of the others only where the answer to that URL needs it.',
    ],
    flags: [
      ...SOURCE_FLAGS,
      'since',
      'output',
      'for',
      'request',
      'header',
      'protocol',
      'as',
      'namespace',
      'logs',
      'max-size',
      'anonymize',
      'anonymize-key',
      'anonymize-map',
      'quiet',
      'help',
    ],
    writes: { value: 'FILE', about: 'the .tgz file to write; a folder when it ends in / or is an empty folder' },
    examples: [
      {
        about: 'To hand to somebody outside; what stands for what stays here',
        line: 'capture -o incident.tgz --anonymize --anonymize-map names.json',
      },
      {
        about: 'What one URL of the current cluster needs',
        line: 'capture --for https://shop.example.com/api/cart -o incident.tgz',
      },
      { about: 'Redact a folder before it is sent', line: 'capture --from ./incident -o incident.tgz' },
      {
        about: 'Only what one URL needs, at most 5 MiB',
        line: 'capture --from ./dump --for https://shop.example.com/api/cart --max-size 5Mi -o cart.tgz',
      },
    ],
    exits: ['0 when the capture was written, also when something had to be left out'],
    load: () => import('./commands/capture.ts'),
  },
  {
    name: 'diff',
    about: 'Compare two captures: what changed on the path of a URL, and how its answer changed',
    details: [
      'Each side is anything that --from takes. With a URL: the objects that decide about it, field by field, images, replicas and probes first, then what else changed in its namespaces, and both answers. Without: every route, and all objects.',
      'Versions, heartbeats and times are not compared; Pods and endpoints are summed up by their owner. What one side did not read is named, not taken for gone.',
    ],
    argument: { name: 'BEFORE', about: 'the older capture, folder, dump or bundle', needed: true },
    furtherArguments: [
      { name: 'AFTER', about: 'the newer one', needed: true },
      { name: 'URL', about: 'the URL whose path is compared; without it, all routes', needed: false },
    ],
    flags: ['request', 'header', 'protocol', 'as', 'namespace', 'output', ...DISPLAY_FLAGS],
    outputs: DIFF_OUTPUTS,
    examples: [
      {
        about: 'Why does it fail since yesterday',
        line: 'diff monday.tgz tuesday.tgz https://shop.example.com/api/cart',
      },
      { about: 'Did a deployment change where any request goes', line: 'diff before/ after/' },
    ],
    exits: ['1 when the URL, or any route, fails after and did not before'],
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'explain',
    about: 'Explain a cause: what it means, how it is found, how it is fixed',
    details: ['Without a cause it lists them all.'],
    argument: { name: 'CAUSE', about: 'a cause id', needed: false, complete: 'causes' },
    flags: ['output', 'color', 'width', 'ascii', 'help'],
    outputs: ['text', 'json'],
    examples: [
      { about: 'One cause', line: 'explain target-port-mismatch' },
      { about: 'All of them', line: 'explain' },
    ],
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'completion',
    about: 'Print a completion script for a shell',
    details: [
      'bash: source <(hopwise completion bash). zsh: hopwise completion zsh > a folder of $fpath, as _hopwise. fish: hopwise completion fish | source.',
    ],
    argument: { name: 'SHELL', about: 'bash, zsh or fish', needed: true, complete: 'shells' },
    flags: ['help'],
    examples: [{ about: 'For this bash', line: 'completion bash' }],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'version',
    about: 'Print the version',
    details: [],
    flags: ['help'],
    examples: [],
    load: () => import('./commands/version.ts'),
  },
  {
    name: 'help',
    about: 'Help for a command',
    details: [],
    argument: { name: 'COMMAND', about: 'a command', needed: false, complete: 'commands' },
    flags: ['help'],
    examples: [],
    load: () => import('./commands/help.ts'),
  },
];

export function findCommand(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name);
}
