import { displayId, idOf } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { PathSummary } from '../report/diagnosis.ts';
import { usableEndpoints } from '../trace/backend-path.ts';
import { loadedEndpoints } from '../trace/loaded-endpoints.ts';
import type { PathObservations } from '../trace/observed.ts';
import { probeSuccess } from '../trace/probed.ts';
import type { Trace } from '../trace/trace.ts';

/** The facts a reader wants before the evidence: what was asked, which rule answered, what stands behind it, who asks. */
export function summarisePath(model: ClusterModel, trace: Trace, seen: PathObservations): PathSummary {
  const lines: { label: string; text: string; place?: string }[] = [
    { label: 'request', text: requestLine(trace, seen) },
  ];
  const { rule, decision } = trace;
  if (rule !== undefined) {
    const object = model.object(rule.object);
    const line = object?.origin.lineOf?.(rule.field) ?? object?.origin.line;
    lines.push({
      label: 'route',
      text: `${displayId(rule.object)}, host ${trace.host?.host || '*'}, path ${rule.match.path.value || '/'} (${rule.match.path.kind})`,
      ...(object === undefined || line === undefined ? {} : { place: `${object.origin.file}:${line}` }),
    });
  }
  if (decision.kind === 'redirect')
    lines.push({ label: 'answer', text: `${decision.status} to ${decision.location ?? ''}` });
  for (const path of trace.backends.slice(0, 4)) {
    const usable = usableEndpoints(path);
    const first = usable[0];
    const port = path.ref.port === undefined ? '' : `:${path.ref.port}`;
    const endpoints =
      path.slices.state === 'found' ? ` → ${usable.length} of ${path.endpoints.length} endpoints ready` : '';
    lines.push({
      label: 'backend',
      text: `${displayId(path.ref.object)}${port}${endpoints}${first === undefined || first.address === '' ? '' : ` → ${first.address}:${first.port ?? '?'}`}`,
    });
  }
  if (decision.received !== undefined && decision.received.path !== `${trace.request.path}${trace.request.query}`) {
    lines.push({
      label: 'received',
      text: `${decision.received.method} ${decision.received.path} (Host ${decision.received.host})`,
    });
  }
  if (trace.callers.state === 'found' && trace.callers.value[0] !== undefined) {
    const [first, ...more] = trace.callers.value;
    lines.push({
      label: 'caller',
      text: `${displayId(idOf(first))}${more.length > 0 ? ` and ${more.length} more` : ''}`,
    });
  }
  const { evidence } = loadedEndpoints({ model, seen, rule: trace.rule, backends: trace.backends });
  for (const { text } of evidence.slice(0, 4)) lines.push({ label: 'loaded', text });
  const good = seen.failing ? probeSuccess(trace.request, seen.probes) : undefined;
  if (good !== undefined)
    lines.push({ label: 'but', text: `${good.text}: the failure comes and goes, or depends on who asks` });
  return { lines };
}

function requestLine(trace: Trace, seen: PathObservations): string {
  const { request } = trace;
  const status =
    seen.status === undefined
      ? ''
      : `   observed ${seen.status}${seen.durationMs === undefined ? '' : ` after ${(seen.durationMs / 1000).toFixed(1)} s`}`;
  return `${request.method} ${request.url}${status}`;
}
