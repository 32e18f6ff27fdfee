import { displayId } from '../../../base/object-id.ts';
import { limitsOfReading } from '../../coverage-lines.ts';
import type { DecisionDocument, TraceDocument } from '../../diagnosis.ts';
import { buildRail, labelOf } from '../../hop-rail.ts';
import type { RenderOptions } from '../../renderer.ts';
import { evidenceRows } from './evidence.ts';
import { writeFooter, writeUnknowns } from './footnotes.ts';
import { forTerminal, Page, type Row } from './page.ts';
import { railLines } from './rail.ts';

/** The path of one request: who decides, what the backend receives, each hop, and the rules that lost. */
export function renderTrace(original: TraceDocument, options: RenderOptions): string {
  const document = forTerminal(original, options);
  const page = new Page(options);
  const { arrow } = page.paint.glyphs;
  const { request, decision } = document;
  const head = page.block();
  const status = document.predictedStatus === undefined ? '' : `; the client would see ${document.predictedStatus}`;
  head.push(...page.text(`${request.method} ${request.url} ${arrow} ${outcome(decision)}${status}.`, ''));
  if (options.brief) return page.toString();
  head.push(...page.rows(decisionRows(decision, arrow)));
  page.block().push(...railLines(page, buildRail(document.hops, undefined)));
  const hops = page.block();
  for (const hop of document.hops) {
    const object =
      hop.object === undefined || hop.detail.includes(displayId(hop.object)) ? '' : ` (${displayId(hop.object)})`;
    hops.push(...page.marked(page.paint.mark(hop.state), `${labelOf(hop)}: ${hop.detail}${object}`, '  '));
    hops.push(...page.rows(evidenceRows(hop.evidence), '      '));
  }
  writeLosers(page, document);
  writeUnknowns(page, 'Not examined', document.unknowns);
  const limits = limitsOfReading(document.coverage);
  if (limits.length > 0) page.block().push(...limits.flatMap((line) => page.text(line, '')));
  writeFooter(page, options, { formats: 'json|yaml' });
  return page.toString();
}

function outcome(decision: DecisionDocument): string {
  const { backends = [] } = decision;
  if (decision.kind === 'redirect') return `redirect to ${decision.location ?? '?'} (${decision.status ?? '3xx'})`;
  if (decision.kind === 'fixed') return `fixed answer ${decision.status ?? ''}`.trimEnd();
  if (decision.kind === 'none') return `no rule takes it: the gateway's own ${decision.status ?? 404}`;
  return backends.map((backend) => nameBackend(backend, backends.length > 1)).join(', ');
}

function nameBackend(backend: NonNullable<DecisionDocument['backends']>[number], weighted: boolean): string {
  const port = backend.port === undefined ? '' : `:${backend.port}`;
  return `${displayId(backend.object)}${port}${weighted ? ` (weight ${backend.weight})` : ''}`;
}

function decisionRows(decision: DecisionDocument, arrow: string): Row[] {
  const rows: Row[] = [];
  if (decision.gateway !== undefined) rows.push({ label: 'gateway', text: displayId(decision.gateway) });
  if (decision.rule !== undefined)
    rows.push({ label: 'rule', text: `${displayId(decision.rule.object)} ${arrow} ${decision.rule.field}` });
  const { received } = decision;
  if (received === undefined) return rows;
  rows.push({
    label: 'receives',
    text: `${received.method} ${received.path}, host ${received.host}, ${received.protocol}`,
  });
  for (const [name, value] of Object.entries(received.headers))
    rows.push({ label: 'header', text: `${name}: ${value}` });
  return rows;
}

function writeLosers(page: Page, document: TraceDocument): void {
  if (document.losers.length === 0) return;
  const lines = page.section('Rules that lost');
  for (const loser of document.losers) {
    lines.push(...page.marked(page.paint.glyphs.dot, `${displayId(loser.object)} ${loser.field}: ${loser.why}`, '  '));
  }
}
