/** The same object with every optional field allowed to be undefined. */
export type Loose<T> = { [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K] };

/** Leaves undefined fields out, so that "not said by the line" is a missing key. */
export function compact<T extends object>(value: Loose<T>): T {
  const result: Partial<T> = {};
  for (const key of Object.keys(value) as (keyof T)[]) {
    const field = value[key];
    if (field !== undefined) result[key] = field as T[keyof T];
  }
  return result as T;
}
