import { displayId, type ObjectId, objectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { RouteTable, Rule } from '../routing/route-table.ts';
import { nearestName } from '../sources/reading/nearest-name.ts';
import { walk } from '../trace/walk.ts';
import { type FoundRequests, type ObjectRef, RequestError, type RequestInput, type RequestSearch } from './contract.ts';
import { readRequest } from './read-request.ts';
import { type Routed, routesOf } from './routed.ts';
import { type RuleRequest, requestsOfRule, requestsOfUnattached } from './rule-requests.ts';

/** Of an object with more rules only these are looked at; a scan examines them all. */
const MOST_REQUESTS = 200;

type Common = Omit<RequestInput, 'url'>;

export function searchRequests(object: ObjectRef, common: Common): RequestSearch {
  let result: FoundRequests | undefined;
  return {
    object,
    find: (model) => {
      result ??= findRequests(model, object, common);
      return result;
    },
  };
}

/**
 * The requests that lead to an object, in the order in which the object lists them: of a route the hosts and paths of its rules,
 * of a Service those of the routes to it (its own name inside the cluster when there are none), of a Pod those of its Services.
 */
function findRequests(model: ClusterModel, object: ObjectRef, common: Common): FoundRequests {
  const requests = listRequests(model, object, common);
  const first = requests[0];
  if (first === undefined) throw nothingToAsk(object);
  const urls = [...new Set(requests.map(({ input }) => input.url))];
  return { ...first, others: urls.filter((url) => url !== first.input.url) };
}

function listRequests(model: ClusterModel, object: ObjectRef, common: Common): readonly RuleRequest[] {
  const id = existing(model, object);
  const routed = routesOf(model);
  if (object.kind === 'Service') {
    const service = model.get('Service', object.namespace, object.name);
    return service.state === 'found' ? requestsOfService(model, routed, service.value, object.port, common) : [];
  }
  if (object.kind === 'Pod') {
    const services = model.listIn('Service', object.namespace);
    return services
      .filter(({ selector, namespace }) => {
        if (selector === undefined || Object.keys(selector).length === 0) return false;
        return model.podsMatching(namespace, selector).some(({ name }) => name === object.name);
      })
      .flatMap((service) => requestsOfService(model, routed, service, object.port, common));
  }
  const unattached = routed.table.unattached.filter((route) => route.object === id);
  return [
    ...requestsOfRules(model, routed, (rule) => rule.object === id, common),
    ...unattached.flatMap((route) => requestsOfUnattached(route, common)),
  ];
}

/** Requests of the rules that are wanted; of the ways to ask for one rule, the first that this rule answers. */
function requestsOfRules(
  model: ClusterModel,
  { table, compiled }: Routed,
  isWanted: (rule: Rule) => boolean,
  common: Common,
): readonly RuleRequest[] {
  const wanted = placesOf(table, isWanted);
  return wanted.slice(0, MOST_REQUESTS).flatMap(({ rule, ways }) => {
    const all = ways(common);
    const taken = all.find(({ input }) => {
      const { trace } = walk(model, table, compiled, readRequest(input), { entries: [], logs: [] }, { explain: false });
      return trace.rule?.object === rule.object && trace.rule.field === rule.field;
    });
    return taken ?? all[0] ?? [];
  });
}

interface Place {
  readonly host: string;
  readonly rule: Rule;
  /** Asked for in the way that its host is meant to be: over TLS when it has a certificate. */
  readonly meant: boolean;
  readonly ways: (common: Common) => readonly RuleRequest[];
}

/** A matcher's order serves the gateway; people count from the top of the object, and take HTTP and HTTPS for one. */
function placesOf(table: RouteTable, isWanted: (rule: Rule) => boolean): readonly Place[] {
  const places = table.gateways.flatMap((gateway) =>
    gateway.hosts.flatMap((host) =>
      host.rules.filter(isWanted).map((rule): Place => {
        const listener = gateway.listeners.find(({ name }) => name === host.listener);
        const certified = listener?.protocol === 'HTTPS' || host.tls !== undefined;
        const tls = rule.match.tls ?? certified;
        return {
          host: host.host,
          rule,
          meant: listener === undefined ? tls === certified : tls,
          ways: (common) => requestsOfRule(gateway, host, rule, tls, listener, common),
        };
      }),
    ),
  );
  const placeOf = ({ rule, host }: Place): string => `${rule.object} ${rule.field} ${host}`;
  places.sort((a, b) => BY_NUMBER.compare(placeOf(a), placeOf(b)) || Number(b.meant) - Number(a.meant));
  return places.filter((place, index) => index === 0 || placeOf(place) !== placeOf(places[index - 1] ?? place));
}

/** `rules[2]` before `rules[10]`. */
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

function requestsOfService(
  model: ClusterModel,
  routed: Routed,
  service: Service,
  port: string | undefined,
  common: Common,
): readonly RuleRequest[] {
  const id = objectId('Service', service.namespace, service.name);
  const ports = service.ports.filter(
    (each) => each.protocol === 'TCP' && (port === undefined || port === String(each.port) || port === each.name),
  );
  const leadsHere = ({ action }: Rule): boolean =>
    action.kind === 'backends' &&
    action.backends.some(
      (backend) =>
        backend.object === id &&
        (port === undefined || ports.some((each) => backend.port === each.port || backend.port === each.name)),
    );
  return [
    ...requestsOfRules(model, routed, leadsHere, common),
    ...ports.map((each) => ({ input: { ...common, url: clusterUrl(service, each) }, invented: false })),
  ];
}

function clusterUrl({ name, namespace }: Service, { port, name: portName, appProtocol }: ServicePort): string {
  const secure = appProtocol === 'https' || portName === 'https' || (portName === undefined && port === 443);
  const usual = secure ? 443 : 80;
  return `${secure ? 'https' : 'http'}://${name}.${namespace}.svc${port === usual ? '' : `:${port}`}/`;
}

/** The object's id; throws when it is known not to exist, or not known at all. */
function existing(model: ClusterModel, { kind, namespace, name }: ObjectRef): ObjectId {
  const kinds = [kind, ...model.foreignKinds().filter((known) => known.startsWith(`${kind}.`))];
  const ids = kinds.map((known) => objectId(known, namespace, name));
  const id = ids.find((each) => model.object(each) !== undefined);
  if (id !== undefined) return id;
  const shown = displayId(objectId(kind, namespace, name));
  if (!model.isRead(kind, namespace)) {
    const { reason } = model.coverage(kind);
    throw new RequestError(
      `nobody can tell what ${shown} serves: ${kind} was not read${reason === undefined ? '' : ` (${reason})`}`,
      'give the URL that clients use instead',
    );
  }
  const near = nearestObject(model, kind, namespace, name);
  throw new RequestError(`there is no ${shown}`, near === undefined ? '' : `did you mean ${near}?`);
}

function nearestObject(model: ClusterModel, kind: string, namespace: string, name: string): string | undefined {
  const names = namesOf(model, kind);
  const elsewhere = names.find((each) => each.endsWith(`/${name}`));
  const near = elsewhere ?? nearestName(`${namespace}/${name}`, names);
  return near === undefined ? undefined : `${kind.toLowerCase()}/${near}`;
}

function namesOf(model: ClusterModel, kind: string): readonly string[] {
  const write = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
    `${namespace}/${name}`;
  switch (kind) {
    case 'Ingress':
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'Service':
    case 'Pod':
      return model.list(kind).map(write);
    default:
      return model.foreign(kind).map(write);
  }
}

function nothingToAsk({ kind, namespace, name }: ObjectRef): RequestError {
  const shown = displayId(objectId(kind, namespace, name));
  const why = kind === 'Pod' ? 'no Service selects it' : 'it has no rule or port that HTTP could ask for';
  return new RequestError(`no request leads to ${shown}: ${why}`, 'give the URL that clients use instead');
}
