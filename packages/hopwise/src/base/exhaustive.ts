/** Ends a switch over a union: a new variant stops the build here. */
export function exhaustive(value: never): never {
  throw new Error(`unhandled variant: ${JSON.stringify(value)}`);
}
