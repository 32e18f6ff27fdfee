import { splitId } from '../base/object-id.ts';
import type { PatchDocument } from './diagnosis.ts';
import { joinCommand } from './shell.ts';

/**
 * Kinds that share their name with another API group's in common clusters: kubectl would pick whichever is listed first
 * (Istio has a Gateway, Knative a Service; core resources win over groups, so only Gateway needs its full name).
 */
const FULL_RESOURCE: ReadonlyMap<string, string> = new Map([['Gateway', 'gateways.gateway.networking.k8s.io']]);

/** The resource as kubectl takes it on its command line: `networkpolicy/files-deny`. */
export function kubectlResource(kind: string, name: string): string {
  return `${FULL_RESOURCE.get(kind) ?? kind.toLowerCase()}/${name}`;
}

/** The `kubectl patch` command that applies a patch, on one line. */
export function patchCommand(patch: PatchDocument): string {
  const { kind, namespace, name } = splitId(patch.object);
  const scope = namespace === '' ? [] : ['-n', namespace];
  const words = ['kubectl', 'patch', kubectlResource(kind, name), ...scope, '--type', patch.type, '-p'];
  return joinCommand([...words, compactJson(patch.patch)]);
}

/** JSON for a command line, in ASCII: a quote would end the shell's, and an invisible character would hide there. */
function compactJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -&(-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const PROGRAMS =
  /^(?:kubectl|oc|curl|hopwise|helm|dig|nslookup|openssl|aws|gcloud|az|istioctl|cilium|calicoctl|docker|crictl|nc|ss|ip|sysctl|systemctl|git|sh|bash)(?: |$)/;
const FLAG = / --?[A-Za-z]/;

/** Steps are shell commands or sentences: is this one to be pasted? */
export function isCommand(step: string): boolean {
  return PROGRAMS.test(step) || (/^[a-z./]/.test(step) && FLAG.test(step));
}
