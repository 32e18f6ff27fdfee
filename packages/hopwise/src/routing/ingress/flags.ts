import type { Container, PodSpec } from '../../model/kinds/pod.ts';

/** Command-line flags of a container, after Kubernetes' `$(VAR)` expansion; the last value of a repeated flag counts. */
export interface Flags {
  /** By flag name; a name in capitals is an environment variable. */
  readonly get: (name: string) => string | undefined;
  /** Positional words and the program itself. */
  readonly words: readonly string[];
  /** A flag's value refers to a variable that the object does not hold. */
  readonly unresolved: readonly string[];
}

/** Go's flag packages read `1`, `t`, `true` … as true; a bare flag is true. */
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

export function isSet(flags: Flags, name: string): boolean {
  const value = flags.get(name);
  return value !== undefined && (value === '' || TRUE.has(value));
}

/**
 * Reads command and args the way pflag does: `--name=value`, `--name value` and bare switches, with one or two dashes.
 * `switches` are flags that take no separate value.
 */
export function readFlags(
  container: Container,
  spec: PodSpec,
  place: { readonly namespace: string; readonly name?: string },
  switches: ReadonlySet<string>,
): Flags {
  const values = new Map<string, string>();
  const words: string[] = [];
  const unresolved: string[] = [];
  const expand = (text: string): string => expandVariables(text, container, spec, place, unresolved);
  const all = shellWords([...container.command, ...container.args]).map(expand);
  for (let at = 0; at < all.length; at++) {
    const word = all[at] ?? '';
    const match = /^--?([A-Za-z][A-Za-z0-9._-]*)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      words.push(word);
      continue;
    }
    const name = match[1] ?? '';
    const next = all[at + 1];
    if (match[2] !== undefined) values.set(name, match[2]);
    else if (!switches.has(name) && next !== undefined && !next.startsWith('-')) {
      values.set(name, next);
      at++;
    } else values.set(name, '');
  }
  const variables = new Map(container.env.map((entry) => [entry.name, entry.value]));
  return {
    get: (name) => values.get(name) ?? (/^[A-Z]/.test(name) ? variables.get(name) : undefined),
    words,
    unresolved,
  };
}

/** `sh -c "exec /nginx-ingress-controller --configmap=x"`: the words of the last script, without interpreting it. */
function shellWords(words: readonly string[]): readonly string[] {
  return words.flatMap((word) =>
    /\s--?[a-z]/.test(word) && /^(?:exec\s+|\/|dumb-init|tini)/.test(word) ? word.split(/\s+/).filter(Boolean) : [word],
  );
}

/** `$(NAME)` becomes the variable's value, `$$(NAME)` stays as `$(NAME)`, an unknown variable stays as it is (core/v1 Container.args). */
function expandVariables(
  text: string,
  container: Container,
  spec: PodSpec,
  place: { readonly namespace: string; readonly name?: string },
  unresolved: string[],
): string {
  if (!text.includes('$(')) return text;
  return text.replace(/(\$?)\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g, (whole, escaped: string, name: string) => {
    if (escaped === '$') return whole.slice(1);
    const value = variable(name, container, spec, place);
    if (value !== undefined) return value;
    unresolved.push(name);
    return whole;
  });
}

function variable(
  name: string,
  container: Container,
  spec: PodSpec,
  place: { readonly namespace: string; readonly name?: string },
): string | undefined {
  const found = container.env.find((entry) => entry.name === name);
  if (found?.value !== undefined) return found.value;
  const field = found?.from?.kind === 'field' ? found.from.key : undefined;
  // Projections of manifests leave out what the API would fill in: POD_NAMESPACE is the downward API by convention.
  if (field === 'metadata.namespace' || (found === undefined && name === 'POD_NAMESPACE')) return place.namespace;
  if (field === 'metadata.name') return place.name;
  if (field === 'spec.serviceAccountName') return spec.serviceAccount;
  return undefined;
}
