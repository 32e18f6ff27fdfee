import { shellQuote } from '../base/shell-quote.ts';
import type { PatchHint } from '../checks/check.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import { commandName } from '../model/command-name.ts';

/** `kubectl patch …` for each patch; a patch that creates its object becomes `kubectl apply`. */
export function patchCommands(model: ClusterModel, patches: readonly PatchHint[]): readonly string[] {
  return patches.map((hint) => {
    const text = JSON.stringify(hint.patch);
    if (
      hint.type === 'merge' &&
      !Array.isArray(hint.patch) &&
      Object.hasOwn(hint.patch, 'apiVersion') &&
      Object.hasOwn(hint.patch, 'kind')
    ) {
      return `printf '%s' ${shellQuote(text)} | kubectl apply -f -`;
    }
    return `kubectl patch ${commandName(model, hint.object)} --type ${hint.type} -p ${shellQuote(text)}`;
  });
}
