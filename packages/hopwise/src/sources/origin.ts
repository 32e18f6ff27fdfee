/** Where an object was read: the file as the user named it and the line its document or list item starts on (1-based). */
export interface Origin {
  readonly file: string;
  readonly line?: number;
  /**
   * Line of a field inside the object (`spec.rules[0].host`), worked out when asked because most fields never are.
   * Undefined when the format has no lines (a live cluster, one-line JSON) or the field is not there.
   */
  readonly lineOf?: (path: string) => number | undefined;
}
