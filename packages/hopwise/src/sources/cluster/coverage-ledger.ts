import type { KindCoverage } from '../contract.ts';
import type { CoverageState, MissingBecause } from '../coverage.ts';
import { type ApiFailure, coverageOf } from './api/api-failure.ts';
import { CLUSTER_KINDS, type ClusterKind, fileName } from './kinds.ts';

interface Account {
  whole: boolean;
  notServed?: string;
  readonly namespaces: Set<string>;
  readonly names: Set<string>;
  /** By scope: a namespace, or the empty string for the whole cluster. */
  readonly failures: Map<string, ApiFailure>;
}

/** Keeps what was read completely and what was refused, by API resource, and says it as coverage of the model's kinds. */
export class CoverageLedger {
  /** Several groups may have kinds that the model files under one name (`AuthorizationPolicy`). */
  readonly #accounts = new Map<string, Map<string, Account>>();

  /** The server does not serve it; nothing of it can exist. */
  notServed(resource: ClusterKind, reason: string): void {
    this.#account(resource).notServed = reason;
  }

  /** A complete read: everywhere, in a namespace, or of one object. */
  read(resource: ClusterKind, namespace: string | undefined, name: string | undefined): void {
    const account = this.#account(resource);
    if (name !== undefined) account.names.add(`${namespace ?? ''}/${name}`);
    else if (namespace === undefined) account.whole = true;
    else account.namespaces.add(namespace);
    if (name === undefined) account.failures.delete(namespace ?? '');
  }

  failed(resource: ClusterKind, namespace: string | undefined, failure: ApiFailure): void {
    this.#account(resource).failures.set(namespace ?? '', failure);
  }

  /** Was this read completely, as such or as part of something larger? */
  has(resource: ClusterKind, namespace: string | undefined, name: string | undefined): boolean {
    const account = this.#account(resource);
    if (account.notServed !== undefined || account.whole) return true;
    if (namespace !== undefined && account.namespaces.has(namespace)) return true;
    return name !== undefined && account.names.has(`${namespace ?? ''}/${name}`);
  }

  /** Why it could not be read at this very scope. */
  failure(resource: ClusterKind, namespace: string | undefined): ApiFailure | undefined {
    return this.#account(resource).failures.get(namespace ?? '');
  }

  /** Of every kind that hopwise knows, so that one nobody asked for is not taken for one that was not there to be read. */
  coverages(): readonly KindCoverage[] {
    for (const resource of CLUSTER_KINDS) this.#account(resource);
    return [...this.#accounts.entries()]
      .sort(byKey)
      .map(([kind, accounts]) => combine([...accounts.values()].map((account) => describe(kind, account))));
  }

  #account(resource: ClusterKind): Account {
    const kind = fileName(resource);
    let accounts = this.#accounts.get(kind);
    if (accounts === undefined) {
      accounts = new Map();
      this.#accounts.set(kind, accounts);
    }
    let account = accounts.get(resource.group);
    if (account === undefined) {
      account = { whole: false, namespaces: new Set(), names: new Set(), failures: new Map() };
      accounts.set(resource.group, account);
    }
    return account;
  }
}

/** Worst first: a kind is as well known as the least known of the resources filed under it. */
const WORST: readonly CoverageState[] = ['forbidden', 'not-collected', 'partial', 'complete', 'not-installed'];

function combine(entries: readonly KindCoverage[]): KindCoverage {
  const [worst] = [...entries].sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state));
  if (worst === undefined) throw new Error('a kind without an account');
  return worst;
}

function describe(kind: string, account: Account): KindCoverage {
  if (account.whole) return { kind, state: 'complete' };
  if (account.notServed !== undefined) return { kind, state: 'not-installed', reason: account.notServed };
  const namespaces = [...account.namespaces].sort();
  const names = [...account.names].sort();
  const everywhere = account.failures.get('');
  const [refused] = [...account.failures.entries()].filter(([scope]) => scope !== '').sort(byKey);
  const failure = everywhere ?? refused?.[1];
  if (namespaces.length === 0 && names.length === 0) {
    return failure === undefined
      ? { kind, state: 'not-collected', reason: `${kind} was not needed`, missing: 'not-needed' }
      : { kind, state: coverageOf(failure), reason: failure.message, missing: missingBecause(failure) };
  }
  const read = namespaces.length === 0 ? 'only what the path names' : `only in ${namespaces.join(', ')}`;
  return {
    kind,
    state: 'partial',
    reason: failure === undefined ? `${kind} was read ${read}` : `${kind} was read ${read}: ${failure.message}`,
    namespaces,
    missing: missingBecause(failure),
    ...(names.length === 0 ? {} : { names }),
  };
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

function missingBecause(failure: ApiFailure | undefined): MissingBecause {
  if (failure === undefined) return 'not-needed';
  return failure.kind === 'forbidden' ? 'refused' : 'failed';
}
