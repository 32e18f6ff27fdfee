/**
 * Three-valued match: a doubt carries why nobody can tell. Doubts are values, not exceptions, so that a rule which
 * surely matches still decides although another one could not be judged.
 */
export type Match = boolean | Doubt;
export interface Doubt {
  readonly doubt: string;
}

export function doubt(why: string): Doubt {
  return { doubt: why };
}

export function isDoubt(match: Match): match is Doubt {
  return typeof match === 'object';
}

/** No when either is no; doubtful when neither is and one is doubtful. */
export function both(left: Match, right: Match): Match {
  if (left === false || right === false) return false;
  if (left !== true) return left;
  return right;
}

/** Yes when any item matches; stops at the first yes. An empty list is no. */
export function anyOf<T>(items: readonly T[], matches: (item: T) => Match): Match {
  let result: Match = false;
  for (const item of items) {
    const match = matches(item);
    if (match === true) return true;
    if (match !== false && result === false) result = match;
  }
  return result;
}
