import type { ObjectId } from '../../base/object-id.ts';
import { CAUSE_IDS, type CauseId } from '../../checks/causes.ts';
import type {
  AbsenceEvidence,
  EventEvidence,
  Evidence,
  FieldEvidence,
  LogEvidence,
  ProbeEvidence,
  ResponseEvidence,
  TimingEvidence,
} from '../../model/evidence.ts';
import type { CoverageState } from '../../sources/coverage.ts';
import type { FailureMode } from '../../sources/failure.ts';
import type { Hop, HopKind, HopState, UnknownThing } from '../../trace/trace.ts';
import { API_VERSION } from '../diagnosis.ts';
import type * as Documents from '../diagnosis.ts';
import {
  type AnyShape,
  anything,
  boolean,
  constant,
  integer,
  list,
  map,
  number,
  object,
  optional,
  type Shape,
  text,
  textOrNumber,
  union,
  words,
} from './shape.ts';

/* The shapes of everything hopwise publishes. Order of fields here is their order in the output. */

const objectId = text<ObjectId>('`Kind/namespace/name`; cluster-scoped objects have an empty namespace: `Node//worker-1`.');
const causeId: Shape<CauseId> = {
  name: 'CauseId',
  schema: { type: 'string', enum: CAUSE_IDS, description: 'A released id never changes its meaning.' },
};
const hopKind = words<HopKind>({
  client: '',
  'external-dns': '',
  edge: '',
  gateway: '',
  'cluster-dns': '',
  service: '',
  network: '',
  pod: '',
  app: '',
});
const hopState = words<HopState>({ ok: '', broken: '', suspect: '', unknown: '' });
const failureMode = words<FailureMode>(
  {
    'gateway-unreachable': '',
    'no-route': '',
    'wrong-backend': '',
    'no-service': '',
    'no-endpoints': '',
    'dns-failure': '',
    refused: '',
    'no-route-to-host': '',
    'connect-timeout': '',
    'tls-handshake': '',
    'protocol-error': '',
    reset: '',
    'read-timeout': '',
    'header-too-large': '',
    'invalid-response': '',
    overflow: '',
    'no-live-endpoint': '',
    'upgrade-failed': '',
    'request-refused': '',
    'passed-on': '',
  },
  'How requests fail here, when they do.',
);
const coverageState = words<CoverageState>(
  { complete: '', partial: '', forbidden: '', 'not-installed': '', 'not-collected': '', 'assumed-none': '' },
  'Absence may only be concluded from `complete`.',
);
const sentence = text('The sentence a reader sees.');
const time = number('Epoch milliseconds.');

const fieldEvidence = object<FieldEvidence>('FieldEvidence', {
  type: constant('field'),
  text: sentence,
  object: objectId,
  path: text('`spec.ports[0].targetPort`'),
  value: optional(text()),
  file: optional(text()),
  line: optional(integer()),
});
const absenceEvidence = object<AbsenceEvidence>(
  'AbsenceEvidence',
  { type: constant('absence'), text: sentence, what: text() },
  'Something is not there, and the kind it would be of was completely read.',
);
const logEvidence = object<LogEvidence>('LogEvidence', {
  type: constant('log'),
  text: sentence,
  file: text(),
  line: integer(),
  time: optional(time),
  quote: text('The line itself, shortened.'),
  count: optional(integer('How many lines say the same.')),
});
const eventEvidence = object<EventEvidence>('EventEvidence', {
  type: constant('event'),
  text: sentence,
  object: objectId,
  reason: text(),
  time: optional(time),
  count: optional(integer()),
});
const probeEvidence = object<ProbeEvidence>('ProbeEvidence', { type: constant('probe'), text: sentence });
const responseEvidence = object<ResponseEvidence>('ResponseEvidence', {
  type: constant('response'),
  text: sentence,
  file: optional(text()),
});
const timingEvidence = object<TimingEvidence>('TimingEvidence', { type: constant('timing'), text: sentence });

/** Every variant of the union, by its tag; a new variant stops the build here. */
const evidenceShapes: { readonly [T in Evidence['type']]: Shape<Extract<Evidence, { type: T }>> } = {
  field: fieldEvidence,
  absence: absenceEvidence,
  log: logEvidence,
  event: eventEvidence,
  probe: probeEvidence,
  response: responseEvidence,
  timing: timingEvidence,
};
const evidence = union<Evidence>('Evidence', Object.values(evidenceShapes));

const request = object<Documents.RequestDocument>('Request', {
  method: text(),
  url: text(),
  headers: map(text()),
  protocol: text(),
});
const hop = object<Hop>('Hop', {
  hop: hopKind,
  state: hopState,
  object: optional(objectId),
  detail: text(),
  evidence: list(evidence),
  mode: optional(failureMode),
});
const unknownThing = object<UnknownThing>(
  'Unknown',
  { what: text(), why: text(), settledBy: text('The permission, file or command that would settle it.') },
  'What could not be examined.',
);
const coverage = object<Documents.CoverageDocument>('Coverage', {
  kind: text(),
  state: coverageState,
  count: optional(integer()),
  reason: optional(text()),
});
const generatedBy = object<Documents.GeneratedByDocument>(
  'GeneratedBy',
  { hop: hopKind, component: text(), object: optional(objectId), evidence: list(evidence) },
  'The hop that made the observed status.',
);
const verdict = object<Documents.Verdict>('Verdict', {
  status: words({ failing: '', healthy: '', inconclusive: '' }),
  observedStatus: optional(integer()),
  predictedStatus: optional(integer()),
  generatedBy: optional(generatedBy),
  summary: text('One sentence.'),
});
const patch = object<Documents.PatchDocument>('Patch', {
  object: objectId,
  type: words({ merge: '', json: '' }, 'merge: RFC 7386; json: RFC 6902.'),
  patch: anything(),
});
const fix = object<Documents.FixDocument>('Fix', {
  summary: text(),
  level: words({ safe: '', review: '', advice: '' }),
  patches: list(patch),
  commands: list(text(), 'Shell commands or sentences.'),
  verified: boolean('The model was re-run with the patches: this URL no longer fails and nothing else breaks.'),
  verification: text('What the re-run showed, or why there was none.'),
});
const proof = object<Documents.ProofDocument>('Proof', { command: text(), expect: text() });
const cause = object<Documents.CauseDocument>('Cause', {
  id: causeId,
  confidence: number('0 to 1, measured on incidents: 0.9 is right nine times in ten.'),
  hop: hopKind,
  object: objectId,
  summary: text(),
  why: text(),
  chain: list(text(), 'From cause to symptom.'),
  evidence: list(evidence),
  against: list(evidence, 'What speaks against other explanations.'),
  fix,
  prove: list(proof),
  affects: optional(list(text(), 'Targets it touches (scan only).')),
});
const source = object<Documents.SourceDocument>('Source', {
  description: text(),
  problems: list(
    object<Documents.SourceDocument['problems'][number]>('ReadProblem', {
      file: text(),
      line: optional(integer()),
      message: text(),
    }),
  ),
  time: optional(text("The snapshot's own time, RFC 3339.")),
});
const pathLine = object<Documents.PathSummary['lines'][number]>('PathLine', {
  label: text(),
  text: text(),
  place: optional(text()),
});
const checklistStep = object<Documents.ChecklistStep>('ChecklistStep', {
  step: words({ 'failing-route': '', 'ready-endpoints': '', 'port-protocol': '', 'policy-connectivity': '', logs: '' }),
  title: text(),
  state: hopState,
  found: list(text()),
  tookMs: optional(number()),
});
const tookMs = optional(number('Milliseconds the whole run took.'));

export const diagnosisShape = object<Documents.DiagnosisDocument>(
  'Diagnosis',
  {
    apiVersion: constant(API_VERSION),
    kind: constant('Diagnosis'),
    request,
    verdict,
    hops: list(hop),
    causes: list(cause, 'Best first.'),
    unknowns: list(unknownThing),
    coverage: list(coverage),
    path: object<Documents.PathSummary>('PathSummary', { lines: list(pathLine) }),
    history: list(text(), 'Old failures of a path that works now.'),
    assumptions: list(text(), 'What was taken for granted.'),
    source,
    checklist: list(checklistStep),
    tookMs,
  },
  'Why one request fails, which hop made the error, and what to change.',
);

type Decision = Documents.DecisionDocument;
type Backend = NonNullable<Decision['backends']>[number];
const backend = object<Backend>('Backend', { object: objectId, port: optional(textOrNumber()), weight: number() });
const rule = object<NonNullable<Decision['rule']>>('RuleReference', { object: objectId, field: text() });
const received = object<NonNullable<Decision['received']>>(
  'Received',
  { method: text(), path: text('With query, byte for byte.'), host: text(), protocol: text(), headers: map(text()) },
  'The request as the backend receives it.',
);
const decision = object<Decision>('Decision', {
  kind: words({ backend: '', redirect: '', fixed: '', none: '' }),
  gateway: optional(objectId),
  rule: optional(rule),
  backends: optional(list(backend)),
  status: optional(integer()),
  location: optional(text()),
  received: optional(received),
});
const loser = object<Documents.LoserDocument>('Loser', { object: objectId, field: text(), why: text() });

export const traceShape = object<Documents.TraceDocument>(
  'Trace',
  {
    apiVersion: constant(API_VERSION),
    kind: constant('Trace'),
    request,
    decision,
    losers: list(loser, 'Rules that looked like candidates.'),
    hops: list(hop),
    predictedStatus: optional(integer()),
    unknowns: list(unknownThing),
    coverage: list(coverage),
  },
  "The gateway's decision for one request, whatever becomes of it further on.",
);

type ScanVerdict = Documents.ScanDocument['verdict'];
type Suppressed = Documents.ScanDocument['suppressed'][number];
type CauseReference = Documents.ScanTarget['causes'][number];
const causeReference = object<CauseReference>('CauseReference', { id: causeId, object: objectId });
const target = object<Documents.ScanTarget>('Target', {
  name: text(),
  kind: words({ route: '', 'entry-point': '', service: '' }),
  object: objectId,
  state: hopState,
  causes: list(causeReference),
});

export const scanShape = object<Documents.ScanDocument>(
  'Scan',
  {
    apiVersion: constant(API_VERSION),
    kind: constant('Scan'),
    verdict: object<ScanVerdict>('ScanVerdict', {
      status: words({ failing: '', healthy: '', inconclusive: '' }),
      summary: text(),
    }),
    targets: list(target),
    causes: list(cause, 'Best first; one fault is one cause however many targets it breaks.'),
    unknowns: list(unknownThing),
    coverage: list(coverage),
    source,
    suppressed: list(object<Suppressed>('Suppressed', { id: causeId, object: objectId, by: text() })),
    tookMs,
  },
  'Every route, entry point and Service of a cluster, with the faults that touch them.',
);

export const reportShapes: readonly AnyShape[] = [diagnosisShape, traceShape, scanShape];
