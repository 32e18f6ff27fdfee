import { shellQuote } from '../base/shell-quote.ts';
import type { CaptureReport } from '../engine/capture/options.ts';
import { sanitize } from '../report/sanitize.ts';
import { wrap } from '../report/width.ts';
import { writeSize } from './read-size.ts';

const SHOWN_GAPS = 12;

/** What a capture holds and lacks, for people. */
export function captureText(report: CaptureReport, program: string, url: string | undefined, seconds: number): string {
  const { target, bytes, source, objects, kinds, logs, logBytes, responses } = report;
  const counted = kinds.map(({ kind, count }) => `${count} ${kind}`).join(', ');
  return `${[
    ...wrap(`Captured ${sanitize(source)} to ${sanitize(target)}: ${writeSize(bytes)} in ${seconds.toFixed(1)} s`, 100),
    ...indent(`${objects} ${objects === 1 ? 'object' : 'objects'}: ${sanitize(counted)}`),
    ...(logs === 0 ? [] : indent(`${logs} ${logs === 1 ? 'log' : 'logs'}, ${writeSize(logBytes)} before compression`)),
    ...(responses === 0 ? [] : indent('response.txt')),
    ...(report.scope === undefined ? [] : indent(`scope: ${sanitize(report.scope)}`)),
    ...lacking(report),
    '',
    ...nextSteps(report, program, url),
  ].join('\n')}\n`;
}

function nextSteps({ target, mapping }: CaptureReport, program: string, url: string | undefined): string[] {
  if (mapping !== undefined) {
    const words = Object.keys(mapping.words).length;
    const addresses = Object.keys(mapping.addresses).length;
    return [
      `Secret values and credentials were taken out; ${words} words and ${addresses} addresses have pseudonyms.`,
      'Paths, messages and common words stay: look before you hand it on. Ask about it with the pseudonym of the host.',
    ];
  }
  return [
    'Secret values and credentials were taken out. Names, addresses and log lines stay: look before you hand it on.',
    `  ${program} diagnose ${url === undefined ? 'URL' : shellQuote(url)} --from ${shellQuote(target)}`,
  ];
}

function lacking({ gaps, problems }: CaptureReport): string[] {
  const lines = [...groupGaps(gaps), ...problems.map(({ file, message }) => `${file} ${message}`)];
  if (lines.length === 0) return [];
  const more = lines.length - SHOWN_GAPS;
  return [
    '',
    'Not in it, or not all of it:',
    ...lines.slice(0, SHOWN_GAPS).flatMap((line) => indent(sanitize(line))),
    ...(more > 0 ? [`  and ${more} more, listed in its capture.yaml`] : []),
  ];
}

/** Kinds that lack the same for the same reason, in one line. */
function groupGaps(gaps: CaptureReport['gaps']): string[] {
  const groups = new Map<string, string[]>();
  for (const { kind, state, reason } of gaps) {
    const why = reason.startsWith(`${kind} `) ? reason.slice(kind.length + 1) : reason;
    const key = why === '' ? state : `${state}, ${why}`;
    groups.set(key, [...(groups.get(key) ?? []), kind]);
  }
  return [...groups].map(([why, kinds]) => `${kinds.join(', ')}: ${why}`);
}

function indent(text: string): string[] {
  return wrap(text, 96).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`);
}
