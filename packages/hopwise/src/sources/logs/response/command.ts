/** The request a command line makes. */
export interface Command {
  readonly method?: string;
  readonly target?: string;
  readonly host?: string;
}

/** The request that a copied command line (`$ curl -XPOST https://host/path`) makes, as far as it shows one. */
export function readCommand(line: string): Command | undefined {
  if (
    !/^(?:\S{0,80}[$#] {1,4})(?:while|for|time|curl|http|https|wget|grpcurl|wscat|watch|kubectl|oc|until|seq|[a-z_]+=)\b/.test(
      line,
    )
  )
    return undefined;
  const url = /\b(?:https?|wss?):\/\/([A-Za-z0-9.:[\]_-]{1,255})(\/[^\s'"`;|)]{0,8000})?/.exec(line);
  const header = /-H\s{0,4}['"]?host:\s{0,4}([A-Za-z0-9._:-]{1,255})/i.exec(line);
  const host = header?.[1] ?? url?.[1];
  return {
    ...methodOf(line),
    ...(url === null ? {} : { target: url[2] ?? '/' }),
    ...(host === undefined ? {} : { host }),
  };
}

/** curl sends GET unless told otherwise: `-X`, a body (POST), `-I` (HEAD), `-T` (PUT). */
function methodOf(line: string): { method?: string } {
  const curl = line.indexOf('curl ');
  if (curl < 0) return {};
  const options = line.slice(curl);
  const explicit = /\s(?:-X\s{0,4}|-\w{1,8}X\s{0,4}|--request[ =])['"]?([A-Z]{3,16})\b/.exec(options);
  if (explicit !== null) return { method: explicit[1] ?? 'GET' };
  if (/\s(?:-[a-zA-Z]{0,6}I\b|--head\b)/.test(options)) return { method: 'HEAD' };
  if (/\s(?:-T\b|--upload-file\b)/.test(options)) return { method: 'PUT' };
  return { method: /\s(?:-d\b|--data|--json|-F\b|--form)/.test(options) ? 'POST' : 'GET' };
}
