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
