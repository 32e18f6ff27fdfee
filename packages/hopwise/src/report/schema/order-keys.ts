import type { ReportDocument } from '../renderer.ts';
import { diagnosisShape, scanShape, traceShape } from './documents.ts';
import type { AnyShape, Shape } from './shape.ts';

const SHAPES = { Diagnosis: diagnosisShape, Trace: traceShape, Scan: scanShape } as const satisfies {
  readonly [K in ReportDocument['kind']]: Shape<Extract<ReportDocument, { kind: K }>>;
};

/** A copy of a document whose keys stand in the order of its shape; keys the shape does not know keep their place behind. */
export function orderKeys(document: ReportDocument): unknown {
  return order(document, SHAPES[document.kind]);
}

function order(value: unknown, shape: AnyShape | undefined): unknown {
  if (shape === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = shape.items;
    return items === undefined ? value : value.map((item) => order(item, variantOf(item, items)));
  }
  if (shape.fields === undefined) return value;
  const known = [...shape.fields].flatMap(([key, field]) => {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    return item === undefined ? [] : [[key, order(item, variantOf(item, field))] as const];
  });
  const others = Object.entries(value).filter(([key]) => shape.fields?.has(key) !== true);
  return Object.fromEntries([...known, ...others]);
}

/** The shape of a union's member, by its `type`. */
function variantOf(value: unknown, shape: AnyShape): AnyShape | undefined {
  const variants = shape.schema.oneOf as readonly AnyShape[] | undefined;
  if (variants === undefined) return shape;
  const type = (value as { readonly type?: unknown } | null)?.type;
  return variants.find((variant) => variant.fields?.get('type')?.schema.const === type);
}
