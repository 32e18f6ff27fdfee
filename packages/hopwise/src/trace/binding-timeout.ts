import type { Setting } from '../routing/route-table.ts';
import type { Trace } from './trace.ts';

/**
 * Of the timeouts that end a request whose backend does not answer, the one that does: the one the observed time agrees
 * with, else the shortest that is on. A value of 0 is off and only returned when no other is set.
 */
export function bindingTimeout(trace: Trace, observedMs: number | undefined): Setting<number> | undefined {
  const { readTimeout, requestTimeout } = trace.rule?.settings ?? {};
  const all = [readTimeout, requestTimeout].filter((setting) => setting !== undefined);
  const on = all.filter((setting) => setting.value > 0).sort((a, b) => a.value - b.value);
  const agreeing = on.find((setting) => observedMs !== undefined && agrees(observedMs, setting.value));
  return agreeing ?? on[0] ?? all[0];
}

/** A request cut by a timeout took that time, and a little for what stands around it. */
export function agrees(observedMs: number, timeoutMs: number): boolean {
  return Math.abs(observedMs - timeoutMs) <= timeoutMs * 0.02 + 100;
}
