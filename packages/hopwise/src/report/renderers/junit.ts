import { formatConfidence } from '../answer.ts';
import type { CauseDocument, ScanDocument, ScanTarget } from '../diagnosis.ts';
import { formatPlace, labelOfEvidence, placeOf, sentenceOf } from '../evidence-place.ts';
import { type Markup, markup, raw } from '../markup.ts';
import type { Renderer } from '../renderer.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { CERTAINTIES } from '../severity.ts';

// The JUnit dialect that CI servers share: testsuites > testsuite > testcase > failure | skipped.

const SUITES: Readonly<Record<ScanTarget['kind'], string>> = {
  route: 'routes',
  'entry-point': 'entry points',
  service: 'services',
};

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly object: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly body: Markup;
}

function describe(cause: CauseDocument): string {
  const evidence = [...cause.evidence, ...cause.against].map((each) => {
    const place = placeOf(each);
    return `  ${labelOfEvidence(each)}: ${sentenceOf(each)}${place === undefined ? '' : ` (${formatPlace(place)})`}`;
  });
  return [
    `${cause.id} (confidence ${formatConfidence(cause.confidence)}): ${cause.summary}`,
    cause.why,
    ...evidence,
    `Fix: ${cause.fix.summary}`,
  ].join('\n');
}

function failure(causes: readonly CauseDocument[], fallback: string): Markup {
  const [best] = causes;
  if (best === undefined) return markup`<failure type="broken" message="${fallback}"></failure>`;
  return markup`<failure type="${best.id}" message="${best.summary}">${causes.map(describe).join('\n\n')}</failure>`;
}

function caseOf(target: ScanTarget, causes: readonly CauseDocument[]): Case {
  const base = { suite: SUITES[target.kind], name: target.name, object: target.object };
  const own = causes.filter((cause) =>
    target.causes.some(({ id, object }) => id === cause.id && object === cause.object),
  );
  if (target.state === 'ok') return { ...base, outcome: 'passed', body: raw('') };
  if (target.state === 'broken') return { ...base, outcome: 'failed', body: failure(own, 'broken') };
  const why =
    target.state === 'suspect'
      ? ['suspicious', ...own.map(({ summary }) => summary)].join(': ')
      : 'could not be examined';
  return { ...base, outcome: 'skipped', body: markup`<skipped message="${why}"></skipped>` };
}

/** Causes that touch none of the targets would vanish otherwise. */
function looseCase(cause: CauseDocument): Case {
  const failed = cause.confidence >= CERTAINTIES.likely;
  return {
    suite: 'cluster',
    name: cause.id,
    object: cause.object,
    outcome: failed ? 'failed' : 'skipped',
    body: failed ? failure([cause], '') : markup`<skipped message="${cause.summary}"></skipped>`,
  };
}

function counts(cases: readonly Case[]): Markup {
  const failed = cases.filter(({ outcome }) => outcome === 'failed').length;
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
  return markup`tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
}

function renderScan(original: ScanDocument): string {
  const document = sanitizeDocument(original);
  const touched = new Set(
    document.targets.flatMap((target) => target.causes.map(({ id, object }) => `${id} ${object}`)),
  );
  const cases = [
    ...document.targets.map((target) => caseOf(target, document.causes)),
    ...document.causes.filter(({ id, object }) => !touched.has(`${id} ${object}`)).map(looseCase),
  ];
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) => {
    const own = cases.filter((each) => each.suite === suite);
    const lines = own.map(
      ({ name, object, body }) => markup`    <testcase name="${name}" classname="${object}">${body}</testcase>\n`,
    );
    return markup`  <testsuite name="${suite}" ${counts(own)}>\n${lines}  </testsuite>\n`;
  });
  const root = markup`<testsuites name="hopwise" ${counts(cases)}>\n${suites}</testsuites>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

/** For CI servers: every target is a test case. */
export const renderer: Renderer = { id: 'junit', mediaType: 'application/xml', scan: renderScan };
