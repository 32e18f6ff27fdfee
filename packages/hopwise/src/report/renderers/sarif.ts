import { displayId } from '../../base/object-id.ts';
import { type CauseId, causeFacts } from '../../checks/causes.ts';
import type { CauseDocument, ScanDocument } from '../diagnosis.ts';
import { locationOf } from '../evidence-location.ts';
import { type Place, placeOf, sentenceOf } from '../evidence-place.ts';
import type { Renderer, RenderOptions } from '../renderer.ts';
import { escapeInQuotes, sanitizeDocument } from '../sanitize.ts';
import { levelOf } from '../severity.ts';

// SARIF 2.1.0 (OASIS): one run, one rule per cause id, one result per cause. Suppressed findings stay in the log, marked
// (3.27.23), so that a viewer can tell "accepted" from "gone".

function physicalLocation(place: Place): object {
  const region = place.line === undefined || place.line < 1 ? {} : { region: { startLine: place.line } };
  return { artifactLocation: { uri: toUri(place.file) }, ...region };
}

function toUri(file: string): string {
  return file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}

function resultOf(cause: CauseDocument, ruleIndex: number): object {
  const place = locationOf(cause);
  const related = cause.evidence.flatMap((evidence) => {
    const where = placeOf(evidence);
    return where === undefined
      ? []
      : [{ physicalLocation: physicalLocation(where), message: { text: sentenceOf(evidence) } }];
  });
  return {
    ruleId: cause.id,
    ruleIndex,
    level: levelOf(cause.confidence),
    message: { text: `${cause.summary} ${cause.why} Fix: ${cause.fix.summary}` },
    locations: [
      {
        ...(place === undefined ? {} : { physicalLocation: physicalLocation(place) }),
        logicalLocations: [{ name: displayId(cause.object), fullyQualifiedName: cause.object, kind: 'resource' }],
      },
    ],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    partialFingerprints: { 'causeAndObject/v1': `${cause.id} ${cause.object}` },
    rank: Math.round(cause.confidence * 100),
    properties: { confidence: cause.confidence, hop: cause.hop, affects: cause.affects ?? [] },
  };
}

function suppressedResult(suppressed: ScanDocument['suppressed'][number], ruleIndex: number): object {
  return {
    ruleId: suppressed.id,
    ruleIndex,
    level: 'note',
    message: { text: `${suppressed.id} on ${displayId(suppressed.object)}, accepted` },
    locations: [
      {
        logicalLocations: [
          { name: displayId(suppressed.object), fullyQualifiedName: suppressed.object, kind: 'resource' },
        ],
      },
    ],
    partialFingerprints: { 'causeAndObject/v1': `${suppressed.id} ${suppressed.object}` },
    suppressions: [{ kind: 'external', justification: suppressed.by }],
  };
}

function ruleOf(id: CauseId, options: RenderOptions): object {
  const facts = causeFacts(id);
  const page = options.explain(id);
  return {
    id,
    shortDescription: { text: facts.means },
    ...(page === undefined ? {} : { help: { text: page, markdown: page } }),
    // 3.8.2: tags are a set, and some families are named like their hop.
    properties: { tags: [...new Set([facts.family, facts.hop])] },
  };
}

function renderScan(original: ScanDocument, options: RenderOptions): string {
  const document = sanitizeDocument(original);
  const ids = [...new Set([...document.causes, ...document.suppressed].map(({ id }) => id))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'hopwise', semanticVersion: options.version, rules: ids.map((id) => ruleOf(id, options)) },
        },
        columnKind: 'unicodeCodePoints',
        results: [
          ...document.causes.map((cause) => resultOf(cause, ids.indexOf(cause.id))),
          ...document.suppressed.map((each) => suppressedResult(each, ids.indexOf(each.id))),
        ],
      },
    ],
  };
  return `${escapeInQuotes(JSON.stringify(log, undefined, 2), 'surrogates')}\n`;
}

/** For code scanning: SARIF 2.1.0. */
export const renderer: Renderer = { id: 'sarif', mediaType: 'application/sarif+json', scan: renderScan };
