/** The parts of an image reference that say what runs: `registry.k8s.io/ingress-nginx/controller:v1.12.1@sha256:…`. */
export interface Image {
  /** Without registry host: `ingress-nginx/controller`. */
  readonly repository: string;
  readonly tag?: string;
}

/** Splits an image reference; a registry is a first part with a dot, a port or the name localhost (distribution/reference). */
export function parseImage(reference: string): Image {
  const [named = ''] = reference.split('@', 1);
  const parts = named.split('/');
  const first = parts[0] ?? '';
  if (parts.length > 1 && (/[.:]/.test(first) || first === 'localhost')) parts.shift();
  const last = parts.pop() ?? '';
  const colon = last.indexOf(':');
  const repository = [...parts, colon < 0 ? last : last.slice(0, colon)].join('/');
  return colon < 0 ? { repository } : { repository, tag: last.slice(colon + 1) };
}

/** The first three numbers of a tag (`v1.12.1`, `nginx-1.10.1-hardened1`); undefined when it holds no version. */
export function parseVersion(tag: string | undefined): readonly [number, number, number] | undefined {
  const match = /(?:^|[^0-9.])([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})(?:[^0-9.]|$)/.exec(` ${tag ?? ''} `);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

export function versionAtLeast(version: readonly number[], least: readonly number[]): boolean {
  for (const [at, wanted] of least.entries()) {
    const given = version[at] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return true;
}
