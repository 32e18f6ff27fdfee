import type { AnnotationReader } from '../annotation-reader.ts';
import { valueOr } from '../annotation-reader.ts';
import { basicCharacters, regexText } from '../validators.ts';

/** internal/ingress/annotations/canary. */
export interface CanaryPolicy {
  readonly enabled: boolean;
  readonly weight: number;
  readonly weightTotal: number;
  readonly header: string;
  readonly headerValue: string;
  readonly headerPattern: string;
  readonly cookie: string;
}

export const NO_CANARY: CanaryPolicy = {
  enabled: false,
  weight: 0,
  weightTotal: 100,
  header: '',
  headerValue: '',
  headerPattern: '',
  cookie: '',
};

/** A canary that is configured but not enabled counts as none at all. */
export function readCanary(reader: AnnotationReader): CanaryPolicy {
  if (!valueOr(reader.bool('canary'), false)) return NO_CANARY;
  return {
    enabled: true,
    weight: valueOr(reader.int('canary-weight'), 0),
    weightTotal: valueOr(reader.int('canary-weight-total'), 100),
    header: valueOr(reader.text('canary-by-header', basicCharacters), ''),
    headerValue: valueOr(reader.text('canary-by-header-value', basicCharacters), ''),
    headerPattern: valueOr(reader.text('canary-by-header-pattern', regexText), ''),
    cookie: valueOr(reader.text('canary-by-cookie', basicCharacters), ''),
  };
}
