import { found, type Lookup } from '../base/lookup.ts';
import { idOf, type ObjectId } from '../base/object-id.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { ScanTarget } from '../report/diagnosis.ts';
import { parseRequest } from '../routing/parse-request.ts';
import type { Request } from '../routing/request.ts';
import type { PathMatch } from '../routing/route-table.ts';
import type { ScanOptions, Snapshot } from './contract.ts';
import { routesOf } from './routed.ts';

/** Something that people or programs ask: a scan examines each. */
export interface Target {
  readonly name: string;
  readonly kind: ScanTarget['kind'];
  readonly object: ObjectId;
  readonly request: Request;
  /** Set for in-cluster targets. */
  readonly callers?: Lookup<readonly Pod[]>;
}

/** Every route of every gateway, every route that no gateway took, every LoadBalancer and NodePort port, every Service port. */
export function listTargets(snapshot: Snapshot, options: ScanOptions): readonly Target[] {
  return [...routeTargets(snapshot, options), ...serviceTargets(snapshot, options)];
}

function routeTargets(snapshot: Snapshot, options: ScanOptions): readonly Target[] {
  const { table } = routesOf(snapshot.model);
  const targets = new Map<string, Target>();
  const add = (host: string, path: PathMatch | undefined, tls: boolean, object: ObjectId, method: string): void => {
    if (options.namespace !== undefined && object.split('/')[1] !== options.namespace) return;
    const value = path === undefined || path.kind === 'regex' ? '/' : path.value || '/';
    const name = host === '' ? 'any-host.invalid' : host.replace(/^\*/, 'any');
    const parsed = parseRequest({
      url: `${tls ? 'https' : 'http'}://${name}${value.startsWith('/') ? value : '/'}`,
      method,
    });
    if (parsed.ok)
      targets.set(`${object} ${parsed.request.url} ${method}`, {
        name: parsed.request.url,
        kind: 'route',
        object,
        request: parsed.request,
      });
  };
  for (const gateway of table.gateways) {
    for (const host of gateway.hosts) {
      if (host.host.startsWith('~')) continue;
      for (const rule of host.rules) {
        // A pattern has no one path to ask for; its rule is examined through the requests that users name.
        if (rule.match.path.kind === 'regex') continue;
        add(host.host, rule.match.path, host.tls !== undefined, rule.object, rule.match.methods?.[0] ?? 'GET');
      }
    }
  }
  for (const route of table.unattached)
    for (const host of route.hosts) add(host, route.rules?.[0]?.match.path, false, route.object, 'GET');
  return [...targets.values()];
}

function serviceTargets(snapshot: Snapshot, options: ScanOptions): readonly Target[] {
  const { model } = snapshot;
  const targets: Target[] = [];
  for (const service of model.list('Service')) {
    if (options.namespace !== undefined && service.namespace !== options.namespace) continue;
    if (service.namespace === 'default' && service.name === 'kubernetes') continue;
    if (service.type === 'ExternalName') continue;
    for (const port of service.ports) {
      if (port.protocol !== 'TCP') continue;
      const parsed = parseRequest({ url: `http://${service.name}.${service.namespace}.svc:${port.port}/` });
      if (!parsed.ok) continue;
      const kind = service.type === 'ClusterIP' ? 'service' : 'entry-point';
      targets.push({
        name: `Service/${service.namespace}/${service.name}:${port.port}`,
        kind,
        object: idOf(service),
        request: parsed.request,
        callers: found([]),
      });
    }
  }
  return targets;
}
