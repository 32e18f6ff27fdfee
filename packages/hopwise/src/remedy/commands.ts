import { splitId } from '../base/object-id.ts';
import { shellQuote } from '../base/shell-quote.ts';
import type { PatchHint } from '../checks/check.ts';

/** `kubectl patch …` for each patch; a patch that creates its object becomes `kubectl apply`. */
export function patchCommands(patches: readonly PatchHint[]): readonly string[] {
  return patches.map((hint) => {
    const { kind, namespace, name } = splitId(hint.object);
    const text = JSON.stringify(hint.patch);
    if (
      hint.type === 'merge' &&
      !Array.isArray(hint.patch) &&
      Object.hasOwn(hint.patch, 'apiVersion') &&
      Object.hasOwn(hint.patch, 'kind')
    ) {
      return `printf '%s' ${shellQuote(text)} | kubectl apply -f -`;
    }
    const where = namespace === '' ? '' : ` -n ${shellQuote(namespace)}`;
    return `kubectl patch ${shellQuote(`${resourceOf(kind)}/${name}`)}${where} --type ${hint.type} -p ${shellQuote(text)}`;
  });
}

/** Kinds that more than one API group has are written with their group. */
const QUALIFIED: Readonly<Record<string, string>> = {
  Gateway: 'gateways.gateway.networking.k8s.io',
  'Gateway.networking.istio.io': 'gateways.networking.istio.io',
};

function resourceOf(kind: string): string {
  return QUALIFIED[kind] ?? kind.toLowerCase();
}
