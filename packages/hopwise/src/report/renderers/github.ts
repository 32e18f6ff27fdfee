import type { CauseDocument, ScanDocument } from '../diagnosis.ts';
import { locationOf } from '../evidence-location.ts';
import type { Renderer } from '../renderer.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { levelOf } from '../severity.ts';

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;

// Escapes as the runner undoes them: actions/toolkit packages/core/src/command.ts.
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function annotate(cause: CauseDocument): string {
  const place = locationOf(cause);
  const properties = [
    ...(place === undefined ? [] : [`file=${escapeProperty(place.file)}`]),
    ...(place?.line === undefined ? [] : [`line=${place.line}`]),
    `title=${escapeProperty(cause.id)}`,
  ];
  const message = `${cause.summary}\n${cause.why}\nFix: ${cause.fix.summary}`;
  return `::${COMMANDS[levelOf(cause.confidence)]} ${properties.join(',')}::${escapeData(message)}\n`;
}

function renderScan(original: ScanDocument): string {
  const document = sanitizeDocument(original);
  return `${document.causes.map(annotate).join('')}hopwise: ${document.verdict.summary}\n`;
}

/** Workflow commands: GitHub shows each cause beside the line of the manifest. */
export const renderer: Renderer = { id: 'github', mediaType: 'text/plain', scan: renderScan };
