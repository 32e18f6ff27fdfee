/*
 * Shapes: JSON schemas declared once and tied to the TypeScript type they describe. An object's shape names every field of
 * its type, no more and no fewer, and marks exactly the optional ones; otherwise it does not compile.
 */

export type JsonSchema = { readonly [keyword: string]: unknown };

export interface AnyShape {
  readonly schema: JsonSchema;
  /** Objects only: fields in declared order. */
  readonly fields?: ReadonlyMap<string, AnyShape>;
  /** Arrays and maps only. */
  readonly items?: AnyShape;
  /** Named shapes are written once, under $defs. */
  readonly name?: string;
}

export interface Shape<T> extends AnyShape {
  /** Never there at run time: ties the shape to its type in both directions. */
  readonly __type?: (value: T) => T;
}

export interface Optional<T> {
  readonly optional: Shape<T>;
}

type OptionalKeys<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T];
type Fields<T> = {
  readonly [K in keyof T]-?: K extends OptionalKeys<T> ? Optional<Exclude<T[K], undefined>> : Shape<T[K]>;
};

export function text<T extends string = string>(description?: string): Shape<T> {
  return { schema: describe({ type: 'string' }, description) };
}

export function number(description?: string): Shape<number> {
  return { schema: describe({ type: 'number' }, description) };
}

export function integer(description?: string): Shape<number> {
  return { schema: describe({ type: 'integer' }, description) };
}

export function boolean(description?: string): Shape<boolean> {
  return { schema: describe({ type: 'boolean' }, description) };
}

/** Anything JSON can hold. */
export function anything<T>(description?: string): Shape<T> {
  return { schema: describe({}, description) };
}

export function textOrNumber(description?: string): Shape<string | number> {
  return { schema: describe({ type: ['string', 'number'] }, description) };
}

export function constant<T extends string>(value: T): Shape<T> {
  return { schema: { const: value } };
}

/** One of the words of a union; the record has to name them all. */
export function words<T extends string>(meanings: Readonly<Record<T, string>>, description?: string): Shape<T> {
  return { schema: describe({ type: 'string', enum: Object.keys(meanings) }, description) };
}

export function list<T>(items: Shape<T>, description?: string): Shape<readonly T[]> {
  return { schema: describe({ type: 'array' }, description), items };
}

/** An object with free keys. */
export function map<T>(values: Shape<T>, description?: string): Shape<Readonly<Record<string, T>>> {
  return {
    schema: describe({ type: 'object', additionalProperties: true }, description),
    items: values,
  };
}

export function optional<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape };
}

export function object<T extends object>(name: string, fields: Fields<T>, description?: string): Shape<T> {
  const entries = Object.entries(fields as Readonly<Record<string, AnyShape | { readonly optional: AnyShape }>>);
  const shapes = entries.map(([key, field]) => [key, 'optional' in field ? field.optional : field] as const);
  const required = entries.filter(([, field]) => !('optional' in field)).map(([key]) => key);
  return { name, schema: describe({ type: 'object', required }, description), fields: new Map(shapes) };
}

/** One of several objects, told apart by a constant field. */
export function union<T>(name: string, variants: readonly AnyShape[], description?: string): Shape<T> {
  return { name, schema: describe({ oneOf: variants }, description) };
}

function describe(schema: JsonSchema, description: string | undefined): JsonSchema {
  return description === undefined ? schema : { description, ...schema };
}
