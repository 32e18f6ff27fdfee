import { reportShapes } from './documents.ts';
import type { AnyShape, JsonSchema } from './shape.ts';

/**
 * The JSON schema of all published documents. Published open, since later versions may add fields; `closed` also refuses
 * unknown fields, for tests.
 */
export function buildReportSchema(closed = false): JsonSchema {
  const definitions = new Map<string, JsonSchema>();
  const build = (shape: AnyShape): JsonSchema => {
    if (shape.name === undefined) return expand(shape);
    if (!definitions.has(shape.name)) {
      // Set first, so that the definitions stand in the order in which they are met.
      definitions.set(shape.name, {});
      definitions.set(shape.name, expand(shape));
    }
    return { $ref: `#/$defs/${shape.name}` };
  };
  const expand = (shape: AnyShape): JsonSchema => {
    const { oneOf, ...rest } = shape.schema as { readonly oneOf?: readonly AnyShape[] };
    if (oneOf !== undefined) return { ...rest, oneOf: oneOf.map(build) };
    if (shape.fields !== undefined) {
      const properties = Object.fromEntries([...shape.fields].map(([key, field]) => [key, build(field)]));
      return { ...rest, properties, ...(closed ? { additionalProperties: false } : {}) };
    }
    if (shape.items === undefined) return rest;
    const items = build(shape.items);
    return shape.schema.type === 'array' ? { ...rest, items } : { ...rest, additionalProperties: items };
  };
  const oneOf = reportShapes.map(build);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'hopwise reports',
    description: 'What `hopwise diagnose`, `hopwise trace` and `hopwise scan` print with `-o json`.',
    oneOf,
    $defs: Object.fromEntries(definitions),
  };
}

/** The text of schema/report.schema.json. */
export function renderReportSchema(): string {
  return `${JSON.stringify(buildReportSchema(), undefined, 2)}\n`;
}
