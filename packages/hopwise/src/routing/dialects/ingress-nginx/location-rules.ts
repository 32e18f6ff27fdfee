import type { Action, PathMatch, Rule, RuleMatch } from '../../route-table.ts';
import { backendRules, liveDefaultBackend, settingsAt } from './backend-rules.ts';
import { interceptFailures, seenStatus } from './custom-errors.ts';
import type { Location } from './locations.ts';
import type { ParsedIngress } from './parsed-ingress.ts';
import { httpsRedirects, redirectAction, redirectNotes, toHttps } from './redirects.ts';
import { readRewriteOf } from './rewrite-of.ts';
import type { Surroundings } from './surroundings.ts';
import { DEFAULT_UPSTREAM } from './upstreams.ts';

/** A location with a list of its own has the ConfigMap's no more (error_page is inherited only as a whole). */
function ownFailures(location: Location, owner: ParsedIngress, place: Surroundings): Partial<Rule> {
  const codes = location.bare === true ? [] : owner.customHttpErrors;
  if (codes.length === 0) return {};
  const answer = liveDefaultBackend(place, owner) === undefined ? place.interception.answer : 'service';
  return { failures: interceptFailures({ codes, answer }) };
}

/** The rules one location stands for, in the order NGINX decides: return, HTTPS redirect, canary, backend. */
export function locationRules(location: Location, path: PathMatch, place: Surroundings): readonly Rule[] {
  const { owner } = location;
  if (owner === undefined) return [];
  const base = {
    object: owner.object,
    field: location.field,
    notUnderstood: owner.notes,
    settings: settingsAt(location, owner, place),
    ...ownFailures(location, owner, place),
    ...(owner.ingress.created === undefined ? {} : { created: owner.ingress.created }),
  };
  const rule = (action: Action, match: Omit<RuleMatch, 'path'> = {}, extra: Partial<Rule> = {}): Rule => ({
    ...base,
    match: { path, ...match },
    action,
    ...extra,
  });
  if (owner.denied !== undefined) {
    const why = `the controller denies this location: ${owner.denied.why}`;
    const status = seenStatus(503, place.interception);
    return [rule({ kind: 'fixed', status, why, mode: 'request-refused' })];
  }
  const rules: Rule[] = [];
  if (owner.cors !== undefined) {
    const headers = owner.cors.origin === undefined ? {} : { headers: [owner.cors.origin] };
    const answer: Action = { kind: 'fixed', status: 204, why: 'NGINX answers the CORS preflight itself' };
    rules.push(rule(answer, { methods: ['OPTIONS'], ...headers }));
  }
  const redirect = location.bare === true ? undefined : owner.redirect;
  if (redirect !== undefined && redirect.url !== '')
    return [...rules, rule(redirectAction(redirect, place.instance), {}, redirectNotes(owner, redirect))];
  const rewritten = readRewriteOf(location, owner, place);
  const notUnderstood = [...owner.notes, ...rewritten.notUnderstood];
  if ('redirect' in rewritten) return [...rules, rule(rewritten.redirect, {}, { notUnderstood })];
  if (location.bare !== true) {
    rules.push(...httpsRedirects(location, owner, place).map((match) => rule(toHttps(owner, place.instance), match)));
  }
  if (location.upstream === DEFAULT_UPSTREAM) {
    // Nothing claims this path: the gateway's fallback answers, unless a default backend Service is configured.
    const { fallback } = place;
    if (fallback.kind !== 'backends') return location.hides === true ? [...rules, rule(fallback)] : rules;
    return [...rules, rule({ ...fallback, rewrite: rewritten.rewrite }, {}, { notUnderstood })];
  }
  rules.push(...backendRules(location, owner, place, rewritten, rule));
  return rules;
}
