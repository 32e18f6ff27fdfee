import { formatPath } from '../../../base/field-path.ts';
import { idOf, type ObjectId } from '../../../base/object-id.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import type { EffectiveSettings, NotUnderstood, SettingOrigin } from '../../route-table.ts';
import type { Denial } from './features/access.ts';
import type { CanaryPolicy } from './features/canary.ts';
import type { Cors } from './features/cors.ts';
import type { ProxyTls } from './features/proxy-tls.ts';
import type { Redirect } from './features/redirect.ts';
import type { Rewrite } from './features/rewrite.ts';

/** An Ingress with its annotations read; what stays of it after the controller's own checks. */
export interface ParsedIngress {
  readonly ingress: Ingress;
  readonly object: ObjectId;
  readonly rewrite: Rewrite;
  readonly redirect?: Redirect;
  readonly canary: CanaryPolicy;
  readonly aliases: readonly string[];
  readonly settings: EffectiveSettings;
  readonly proxyTls?: ProxyTls;
  /** The annotation that makes the controller deny every location of this Ingress (503), and why. */
  readonly denied?: Denial;
  /** The same for every location of the hosts it names (403). */
  readonly serverDenied?: Denial;
  readonly sslPassthrough: boolean;
  readonly serviceUpstream: boolean;
  readonly serviceUpstreamFrom: SettingOrigin;
  readonly defaultBackend?: { readonly name: string; readonly key: string };
  readonly customHttpErrors: readonly number[];
  readonly cors?: Cors;
  /** X-Forwarded-Prefix for rewritten requests; '' for none. */
  readonly forwardedPrefix: string;
  /** What a reader of any rule of this Ingress should know. */
  readonly notes: readonly NotUnderstood[];
}

/** Origin of a value that an annotation set. */
export function fromAnnotation(object: ObjectId, key: string): SettingOrigin {
  return { kind: 'field', object, path: annotationPath(key) };
}

export function annotationPath(key: string): string {
  return formatPath(['metadata', 'annotations', key]);
}

export function ingressId(ingress: Ingress): ObjectId {
  return idOf(ingress);
}
