import type { Sink, Source, SourceSummary } from '../contract.ts';
import { SourceError } from '../source-error.ts';
import { type ReadContext, type ReadTotals, reportProblem } from './delivery.ts';
import { type InputTree, isHidden, type Layout } from './input-tree.ts';

export function newTotals(): ReadTotals {
  return {
    objects: 0,
    files: 0,
    logs: 0,
    logBytes: 0,
    responses: 0,
    problems: 0,
    firstProblem: undefined,
    yamlBytes: 0,
    live: false,
  };
}

/** A source that reads the files of a folder or archive the way its layout says. */
export function treeSource(tree: InputTree, layout: Layout): Source {
  return {
    id: layout.kind.replaceAll(' ', '-'),
    async read(sink, signal) {
      const totals = newTotals();
      const context: ReadContext = { sink, signal, totals, ...(layout.repeats === true ? { seen: new Set() } : {}) };
      for (const problem of tree.problems) reportProblem(problem, context);
      await layout.prepare?.(tree, context);
      await tree.visit((path) => (isHidden(path) ? undefined : layout.readerOf(path)), context);
      layout.finish?.(context);
      return conclude(`${layout.kind} ${tree.kind}`, tree.label, totals, sink, true);
    },
  };
}

/** The summary of a read, and the facts that show only at its end; an input without anything in it is an error. */
export function conclude(kind: string, path: string, totals: ReadTotals, sink: Sink, isTree: boolean): SourceSummary {
  if (totals.objects === 0 && totals.logs === 0 && totals.responses === 0) {
    throw new SourceError('empty', `no Kubernetes objects in ${nameOf(path)}`, adviseEmpty(totals));
  }
  if (totals.objects > 0 && !totals.live) sink.snapshot({ manifestsOnly: true });
  const objects = count(totals.objects, 'object');
  const parts = [isTree ? `${objects} in ${count(totals.files, 'file')}` : objects];
  if (totals.logs > 0) parts.push(count(totals.logs, 'log'));
  if (totals.responses > 0) parts.push('response.txt');
  if (totals.problems > 0) parts.push(`${count(totals.problems, 'problem')} while reading`);
  const what = path === '-' && !isTree ? kind : `${kind} ${nameOf(path)}`;
  return { kind, path, description: `${what} (${parts.join(', ')})` };
}

function adviseEmpty({ firstProblem }: ReadTotals): string {
  if (firstProblem !== undefined) return `${firstProblem.file} ${firstProblem.message}`;
  return 'give it a capture, manifests, or: kubectl get all,ing,ep,endpointslices,netpol,cm,events -A -o yaml';
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
