import { versionAtLeast } from '../../ingress/image.ts';

/** Version of a controller image, for behaviour that changed over time. */
export type ControllerVersion = readonly [number, number, number];

/** At least this version; an unknown version is taken for a current one. */
export function since(version: ControllerVersion | undefined, major: number, minor: number, patch = 0): boolean {
  return version === undefined || versionAtLeast(version, [major, minor, patch]);
}

/** Backslashes and quotes of a path are escaped since 1.13.7 and 1.14.3 (template.go: sanitizeQuotedRegex). */
export function escapesPaths(version: ControllerVersion | undefined): boolean {
  return since(version, 1, 14) ? since(version, 1, 14, 3) : since(version, 1, 13, 7);
}

/** Other names of an annotation are rated like the annotation since 1.13.8, 1.14.4 and 1.15.0 (validators.go: CheckAnnotationRisk). */
export function ratesAliases(version: ControllerVersion | undefined): boolean {
  if (since(version, 1, 15)) return true;
  return since(version, 1, 14) ? since(version, 1, 14, 4) : since(version, 1, 13, 8);
}
