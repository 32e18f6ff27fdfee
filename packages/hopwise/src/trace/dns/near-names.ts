import { editDistance } from '../../base/edit-distance.ts';
import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { DnsSuggestion } from './answer.ts';

const MOST = 5;

/** Services that may have been meant by a name that does not exist, the likeliest first. */
export function suggestNames(
  model: ClusterModel,
  asked: string,
  home: string,
  domain: string,
): readonly DnsSuggestion[] {
  const { service, namespace } = readMeaning(asked, home, domain);
  const scored: { readonly suggestion: DnsSuggestion; readonly score: number }[] = [];
  const add = (found: Service, likeness: DnsSuggestion['likeness'], why: string, score: number): void => {
    const name = `${found.name}.${found.namespace}.svc.${domain}`;
    scored.push({ suggestion: { name, object: idOf(found), likeness, why }, score });
  };
  for (const found of model.named('Service', service)) {
    if (found.namespace === namespace)
      add(found, 'same-name', 'this Service exists: only the rest of the name is wrong', 0);
    else add(found, 'same-name', `a Service of that name is in namespace ${found.namespace}`, 1);
  }
  for (const found of model.listIn('Service', namespace)) {
    if (found.name === service) continue;
    const limit = limitFor(service);
    const distance = editDistance(found.name, service, limit);
    if (distance <= limit)
      add(found, 'typo', `namespace ${namespace} has a Service of a name like it`, 2 + distance / 10);
    else if (shareWords(found.name, service))
      add(found, 'part', `namespace ${namespace} has a Service with that in its name`, 3);
  }
  return scored
    .sort((left, right) => left.score - right.score)
    .slice(0, MOST)
    .map(({ suggestion }) => suggestion);
}

/** `cart`, `cart.shop`, `cart.shop.svc`, `cart.shop.svc.any.domain`: the Service and namespace that are meant. */
export function readMeaning(
  asked: string,
  home: string,
  domain: string,
): { readonly service: string; readonly namespace: string } {
  const plain = asked.toLowerCase().replace(/\.$/, '');
  const labels = (plain.endsWith(`.${domain}`) ? plain.slice(0, -domain.length - 1) : plain).split('.');
  const svc = labels.indexOf('svc');
  if (svc >= 2) return { service: labels[svc - 2] ?? '', namespace: labels[svc - 1] ?? home };
  return { service: labels[0] ?? '', namespace: labels[1] ?? home };
}

function limitFor(name: string): number {
  return name.length <= 4 ? 1 : name.length <= 9 ? 2 : 3;
}

/** One name holds the other as whole words between dashes. */
function shareWords(left: string, right: string): boolean {
  const [longer, shorter] = left.length >= right.length ? [left, right] : [right, left];
  return shorter.length >= 3 && `-${longer}-`.includes(`-${shorter}-`);
}
