import { formatPath } from '../../../base/field-path.ts';
import type { ObjectId } from '../../../base/object-id.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import type { EffectiveSettings, SettingOrigin } from '../../route-table.ts';
import type { CanaryPolicy } from './features/canary.ts';
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
  /** The annotation that makes the controller deny every location of this Ingress (503), and why. */
  readonly denied?: { readonly key: string; readonly why: string };
  readonly sslPassthrough: boolean;
  readonly serviceUpstream: boolean;
  readonly serviceUpstreamFrom: SettingOrigin;
  readonly defaultBackend?: { readonly name: string; readonly key: string };
  readonly customHttpErrors: readonly number[];
  readonly corsEnabled: boolean;
}

/** Origin of a value that an annotation set. */
export function fromAnnotation(object: ObjectId, key: string): SettingOrigin {
  return { kind: 'field', object, path: annotationPath(key) };
}

export function annotationPath(key: string): string {
  return formatPath(['metadata', 'annotations', key]);
}
