import { idOf, type ObjectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway } from '../../../model/kinds/gateway-api.ts';
import { withEntrances } from '../../entrances.ts';
import type { GatewayInstance, Listener, NotUnderstood, RouteClash, UnattachedRoute } from '../../route-table.ts';
import { type Attachment, attachRoute, hostsOfOthers } from './attach.ts';
import { findDataPlane } from './data-plane.ts';
import { controllerOf, implementationOf } from './implementations.ts';
import { readListenerTls } from './listener-tls.ts';
import { collectListeners, type EffectiveListener, PROTOCOLS } from './listeners.ts';
import type { RouteAndParent } from './parents.ts';
import { explainListenerRefusals, explainRefusal, explainRejection, explainUnserved } from './refusal.ts';
import type { GatewayContext } from './rule-context.ts';
import { type AnyRoute, createRuleReader, type RuleReader } from './rules.ts';
import { acceptedCondition } from './status.ts';
import { buildVirtualHosts } from './virtual-hosts.ts';

export interface GatewayResult {
  readonly instance: GatewayInstance;
  readonly unattached: readonly UnattachedRoute[];
  readonly clashes: readonly RouteClash[];
  /** Hostnames that each route answers for on this Gateway. */
  readonly attached: readonly { readonly route: AnyRoute; readonly attachment: Attachment }[];
}

/** One Gateway with everything that attaches to it or to its ListenerSets. */
export function readGateway(
  model: ClusterModel,
  gateway: Gateway,
  routesOf: ReadonlyMap<ObjectId, readonly RouteAndParent[]>,
): GatewayResult {
  const controller = controllerOf(model, gateway);
  const implementation = implementationOf(controller);
  const { all, refusedSets, notUnderstood } = collectListeners(model, gateway);
  const serving = all.filter(isServed);
  const context: GatewayContext = { model, implementation, gateway, defaults: implementation.defaults(model) };
  const readRules = createRuleReader(context);
  const leftToOthers = implementation.leavesExactHosts === true ? hostsOfOthers(all) : undefined;
  const unattached: UnattachedRoute[] = [];
  const attached: { route: AnyRoute; attachment: Attachment }[] = [];
  const doubts: NotUnderstood[] = [...notUnderstood];
  const owners = new Set([gateway, ...all.map(({ owner }) => owner)]);

  for (const owner of owners) {
    for (const { route, parent } of routesOf.get(idOf(owner)) ?? []) {
      const result = attachRoute(model, owner, all, route, parent, leftToOthers);
      const taken = result.attachments.filter(({ listener }) => isServed(listener));
      const verdict = acceptedCondition(route, parent, controller === '' ? undefined : controller);
      const explain = {
        owner,
        route,
        parent,
        result,
        verdict,
        rules: () => rulesFor(readRules, result, all, route),
        accepting: () => {
          const { sectionName: _name, port: _port, ...anywhere } = parent;
          return attachRoute(model, owner, all, route, anywhere, leftToOthers).attachments.map(
            ({ listener }) => listener,
          );
        },
      };
      if (result.attachments.length === 0) unattached.push(explainRefusal(explain));
      else if (taken.length === 0) unattached.push(explainUnserved(explain));
      else if (verdict !== undefined && verdict.condition.status === 'False' && !verdict.stale && !verdict.modelled) {
        unattached.push(explainRejection(explain, verdict));
      } else {
        unattached.push(...explainListenerRefusals(explain));
        for (const attachment of taken) {
          attached.push({ route, attachment });
          if (attachment.unsure !== undefined) {
            doubts.push({
              object: idOf(owner),
              path: `${attachment.listener.listener.field}.allowedRoutes.namespaces.selector`,
              why: attachment.unsure,
              effect: 'adds-status',
              mayAnswer: [404],
            });
          }
        }
      }
    }
  }
  for (const { set, why } of refusedSets) {
    for (const { route } of routesOf.get(idOf(set)) ?? []) {
      unattached.push({
        object: idOf(route),
        hosts: route.hostnames,
        reason: 'not-allowed',
        why: `Gateway ${gateway.namespace}/${gateway.name} does not take ${set.kind} ${set.namespace}/${set.name}: ${why}`,
        field: 'spec.allowedListeners.namespaces',
        blamed: idOf(gateway),
        evidence: [],
        certainty: 'certain',
      });
    }
  }
  const { hosts, clashes, rejects } = buildVirtualHosts(context, readRules, serving, attached);
  const dataPlane = findDataPlane(implementation.dataPlane, model, gateway);
  return {
    instance: {
      id: idOf(gateway),
      dialect: 'gateway-api',
      name: `Gateway ${gateway.namespace}/${gateway.name}`,
      object: idOf(gateway),
      controller,
      pods: dataPlane.pods,
      services: dataPlane.services,
      addresses:
        gateway.addresses.length > 0 ? gateway.addresses : dataPlane.services.flatMap(({ addresses }) => addresses),
      listeners: withEntrances(
        serving.flatMap((listener) => toListener(model, listener) ?? []),
        dataPlane.services,
      ),
      hosts,
      fallback: {
        kind: 'none',
        status: 404,
        why: `no route of Gateway ${gateway.namespace}/${gateway.name} matches`,
      },
      approximate: false,
      notUnderstood: doubts,
      failures: implementation.failures,
      ...(implementation.target === undefined ? {} : { target: implementation.target }),
      ...(implementation.closesUnknownNames === true ? { closesUnknownNames: true } : {}),
      ...(rejects.length === 0 ? {} : { rejects }),
    },
    unattached,
    clashes,
    attached,
  };
}

function isServed({ unserved }: EffectiveListener): boolean {
  return unserved === undefined;
}

/** The rules a refused route would have, read for a listener it tried or else any listener of the Gateway. */
function rulesFor(
  readRules: RuleReader,
  { refusals }: ReturnType<typeof attachRoute>,
  listeners: readonly EffectiveListener[],
  route: AnyRoute,
) {
  const listener = refusals[0]?.listener ?? listeners[0];
  return listener === undefined ? [] : readRules(route, listener).map(({ rule }) => rule);
}

/** Undefined for a protocol of the implementation's own. */
function toListener(model: ClusterModel, effective: EffectiveListener): Listener | undefined {
  const { id, owner, listener } = effective;
  if (!PROTOCOLS.has(listener.protocol)) return undefined;
  const tls = readListenerTls(model, effective);
  return {
    name: id,
    port: listener.port,
    protocol: listener.protocol as Listener['protocol'],
    hostname: listener.hostname,
    object: idOf(owner),
    field: listener.field,
    ...(tls === undefined ? {} : { tls }),
  };
}
