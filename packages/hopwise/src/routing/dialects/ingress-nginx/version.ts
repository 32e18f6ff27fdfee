/** Version of a controller image, for behaviour that changed over time. */
export interface ControllerVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Reads an image tag (`v1.12.1`, `1.9.4-debian-12-r0`, `nginx-1.10.1-hardened1`); undefined when it holds no version. */
export function readVersion(tag: string | undefined): ControllerVersion | undefined {
  const match = /(?:^|[^0-9.])([0-9]{1,2})\.([0-9]{1,3})\.([0-9]{1,3})(?:[^0-9.]|$)/.exec(` ${tag ?? ''} `);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

/** At least this version; an unknown version is taken for a current one. */
export function since(version: ControllerVersion | undefined, major: number, minor: number, patch = 0): boolean {
  if (version === undefined) return true;
  if (version.major !== major) return version.major > major;
  if (version.minor !== minor) return version.minor > minor;
  return version.patch >= patch;
}

/** Backslashes and quotes of a path are escaped since 1.13.7 and 1.14.3 (template.go: sanitizeQuotedRegex). */
export function escapesPaths(version: ControllerVersion | undefined): boolean {
  return since(version, 1, 14) ? since(version, 1, 14, 3) : since(version, 1, 13, 7);
}
