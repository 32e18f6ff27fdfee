import { formatPath } from '../../base/field-path.ts';
import { idOf, type ObjectId } from '../../base/object-id.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { FlowVerdict, SideVerdict } from './flow.ts';
import { type Decided, once, toEvidence } from './ruling.ts';

/*
 * Verdicts whose words and evidence are worked out when somebody reads them: a scan judges far more flows than it shows.
 */

export class DecidedSide implements SideVerdict {
  readonly state: Decided['state'];
  readonly side: PolicyDirection;
  readonly unrestricted = false;
  readonly #ruling: Decided;
  readonly #evidence: () => readonly Evidence[];

  constructor(ruling: Decided, side: PolicyDirection) {
    this.state = ruling.state;
    this.side = side;
    this.#ruling = ruling;
    this.#evidence = once(() => ruling.cites.map(toEvidence));
  }

  get by(): readonly ObjectId[] {
    return this.#ruling.by.map(idOf);
  }

  get why(): string {
    return this.#ruling.why;
  }

  get evidence(): readonly Evidence[] {
    return this.#evidence();
  }

  get path(): string | undefined {
    const [first] = this.#ruling.by;
    const cite = this.#ruling.cites.find(({ object, path }) => object === first && path[1] === this.side);
    return cite === undefined ? undefined : formatPath(cite.path);
  }
}

/** The verdict of an end that nothing restricts. */
export const UNRESTRICTED: Readonly<Record<PolicyDirection, SideVerdict>> = {
  ingress: unrestricted('ingress'),
  egress: unrestricted('egress'),
};

function unrestricted(side: PolicyDirection): SideVerdict {
  const why = `no policy restricts its ${side}`;
  return { state: 'allowed', by: [], why, evidence: [], unrestricted: true, path: undefined };
}

export class BothSides implements FlowVerdict {
  readonly egress: SideVerdict;
  readonly ingress: SideVerdict;
  readonly state: SideVerdict['state'];
  readonly #deciding: SideVerdict;
  readonly #namespaces: readonly string[];

  constructor(egress: SideVerdict, ingress: SideVerdict, assumedNamespaces: readonly string[]) {
    this.egress = egress;
    this.ingress = ingress;
    this.#deciding = decidingSide(egress, ingress);
    this.#namespaces = assumedNamespaces;
    this.state = this.#deciding.state;
  }

  /** Undefined when nothing restricts. */
  get side(): PolicyDirection {
    return this.#deciding.side as PolicyDirection;
  }

  get by(): readonly ObjectId[] {
    return this.state === 'allowed' ? [...this.egress.by, ...this.ingress.by] : this.#deciding.by;
  }

  get evidence(): readonly Evidence[] {
    return this.state === 'allowed' ? [...this.egress.evidence, ...this.ingress.evidence] : this.#deciding.evidence;
  }

  /** What was taken for granted is said where the verdict rests on it. */
  get why(): string {
    const { why } = this.#deciding;
    if (this.state !== 'allowed' || this.#namespaces.length === 0) return why;
    return `${why} (assumed: none is in the input for namespace ${this.#namespaces.join(' and ')})`;
  }

  get assumed(): readonly string[] {
    return this.#namespaces.length === 0 ? [] : ['NetworkPolicy'];
  }
}

/** Where a packet dies first: at the sender's side, then at the receiver's. */
function decidingSide(egress: SideVerdict, ingress: SideVerdict): SideVerdict {
  for (const state of ['denied', 'unknown'] as const) {
    if (egress.state === state) return egress;
    if (ingress.state === state) return ingress;
  }
  return ingress.unrestricted && !egress.unrestricted ? egress : ingress;
}
