import { editDistance } from '../../base/edit-distance.ts';

/** The name most like the wanted one, when one is like it at all: a typing slip, another ending, another case. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const target = wanted.toLowerCase().slice(0, MAX_LENGTH);
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(target.length / 3)) + 1;
  for (const name of names.slice(0, MAX_NAMES)) {
    const candidate = name.toLowerCase().slice(0, MAX_LENGTH);
    const isPart = target.length >= 3 && (candidate.startsWith(target) || target.startsWith(candidate));
    const distance = isPart ? 1 : editDistance(target, candidate, bestDistance);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

const MAX_LENGTH = 100;
const MAX_NAMES = 5000;
