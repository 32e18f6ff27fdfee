import { idOf } from '../../../base/object-id.ts';
import type { HttpRouteRule, RouteBackendRef, RouteBase, RouteRuleBase } from '../../../model/kinds/gateway-api.ts';
import type { BackendProtocol, BackendTls, EffectiveSettings, NotUnderstood, Setting } from '../../route-table.ts';
import { backendTlsOf } from './backend-tls.ts';
import type { GatewayContext } from './rule-context.ts';

/** Timeouts, retries, protocol and TLS towards the backends: what the rule says, else the implementation's defaults. */
export function settingsOf(
  context: GatewayContext,
  route: RouteBase,
  rule: RouteRuleBase | HttpRouteRule,
): { readonly settings: EffectiveSettings; readonly notUnderstood: readonly NotUnderstood[] } {
  const field = <T>(value: T, path: string): Setting<T> => ({
    value,
    from: { kind: 'field', object: idOf(route), path: `${rule.field}.${path}` },
  });
  const http: Partial<HttpRouteRule> = 'matches' in rule && route.kind === 'HTTPRoute' ? rule : {};
  const { requestTimeout, backendRequestTimeout, retry } = http;
  const backends = backendSettings(context, route, rule.backends);
  const policies = context.implementation.policies?.(context, route, rule);
  return {
    settings: {
      ...context.defaults,
      ...backends.settings,
      ...policies?.settings,
      ...(requestTimeout === undefined ? {} : { requestTimeout: field(requestTimeout, 'timeouts.request') }),
      ...(backendRequestTimeout === undefined
        ? {}
        : { readTimeout: field(backendRequestTimeout, 'timeouts.backendRequest') }),
      ...(retry === undefined ? {} : { retries: field(retryWords(retry.codes), 'retry') }),
      ...(retry?.attempts === undefined ? {} : { retryTries: field(retry.attempts, 'retry.attempts') }),
      ...(rule.persistence === undefined
        ? {}
        : { affinity: field(rule.persistence.kind.toLowerCase(), 'sessionPersistence') }),
    },
    notUnderstood: [...backends.notUnderstood, ...(policies?.notUnderstood ?? [])],
  };
}

/** Connection errors are retried whenever a retry stanza is there (HTTPRouteRetry). */
function retryWords(codes: readonly number[]): string {
  return ['connection errors', ...codes.map(String)].join(' ');
}

interface BackendSettings {
  readonly backendProtocol?: Setting<BackendProtocol>;
  readonly backendTls?: Setting<BackendTls>;
}

/** Protocol and TLS belong to a backend; a rule has them when all backends that get requests agree. */
function backendSettings(
  context: GatewayContext,
  route: RouteBase,
  refs: readonly RouteBackendRef[],
): { readonly settings: BackendSettings; readonly notUnderstood: readonly NotUnderstood[] } {
  const each = refs
    .filter((ref) => ref.weight > 0 && ref.group === '' && ref.kind === 'Service')
    .map((ref) => ({ ref, settings: settingsOfBackend(context, route, ref) }));
  const first = each[0];
  if (first === undefined) return { settings: {}, notUnderstood: [] };
  const odd = each.find(({ settings }) => settings.backendProtocol?.value !== first.settings.backendProtocol?.value);
  if (odd === undefined) return { settings: first.settings, notUnderstood: [] };
  return {
    settings: {},
    notUnderstood: [
      {
        object: idOf(route),
        path: odd.ref.field,
        why: 'the backends of this rule are spoken to in different protocols',
      },
    ],
  };
}

function settingsOfBackend(
  { model, implementation, gateway }: GatewayContext,
  route: RouteBase,
  ref: RouteBackendRef,
): BackendSettings {
  const tls = backendTlsOf(model, gateway, ref);
  const protocol = implementation.protocolOf(model, route, ref, tls !== undefined);
  return {
    ...(protocol === undefined ? {} : { backendProtocol: protocol }),
    ...(tls === undefined ? {} : { backendTls: tls }),
  };
}
