import type { HopwiseView } from './ask-hopwise.ts';
import { type Answer, type AskedRequest, type Disagreement, describeAnswer } from './scenario.ts';
import type { Translation } from './translate.ts';

/**
 * Does one of hopwise's answers fit what Envoy answered? A request to several backends gets any of them. Headers that the
 * client sent itself reach the backend too: hopwise names only what rules write.
 */
export function compareAnswers(
  request: AskedRequest,
  hopwise: readonly Answer[],
  envoy: Answer,
): readonly Disagreement[] {
  const real = describeAnswer(envoy);
  if (hopwise.some((answer) => describeAnswer(withClientHeaders(answer, request, envoy)) === real)) return [];
  return [{ request, hopwise: hopwise.map(describeAnswer).join(' or ') || 'no answer', envoy: real }];
}

/** What the backend would see with the headers the client sent: a rule's value replaces them or is added to them. */
function withClientHeaders(answer: Answer, request: AskedRequest, envoy: Answer): Answer {
  if (answer.headers === undefined || envoy.headers === undefined) return answer;
  const headers: Record<string, string> = { ...answer.headers };
  for (const [name, sent] of Object.entries(request.headers)) {
    const key = name.toLowerCase();
    const seen = envoy.headers[key];
    const own = answer.headers[key];
    // A rule may have removed it, which hopwise does not tell, or added its value to the client's.
    if (own === undefined && seen === sent) headers[key] = sent;
    if (own !== undefined && seen === `${sent}, ${own}`) headers[key] = seen;
  }
  return { ...answer, headers };
}

/** Routes that one side serves and the other does not; one that the translator does not accept may answer errors only. */
export function compareServed(
  hopwise: HopwiseView,
  { served, accepted }: Pick<Translation, 'served' | 'accepted'>,
): readonly Disagreement[] {
  return [...accepted].flatMap(([route, parents]) => {
    const own = hopwise.serves(route);
    const real = served.has(route);
    if (real !== (own !== 'no'))
      return [{ hopwise: `${route} serves: ${own}`, envoy: `serves: ${real ? 'yes' : 'no'}` }];
    return own === 'yes' && !parents.includes(true)
      ? [{ hopwise: `${route} serves without fault`, envoy: 'it is not accepted' }]
      : [];
  });
}

/** Configuration that Envoy refuses and hopwise does not call refused, or the reverse. */
export function compareLoads(hopwise: readonly string[], envoy: readonly string[]): readonly Disagreement[] {
  if (hopwise.length > 0 === envoy.length > 0) return [];
  const say = (refusals: readonly string[]): string =>
    refusals.length === 0 ? 'the configuration loads' : `the configuration is refused: ${refusals.join('; ')}`;
  return [{ hopwise: say(hopwise), envoy: say(envoy) }];
}
