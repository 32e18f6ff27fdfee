import { idOf } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { readObject, readOptionalObject, readString, readStringMap } from '../../model/project/read.ts';
import {
  type DestinationRule,
  findDestinationRules,
  findPolicy,
  readDestinationRules,
} from '../../routing/dialects/istio/destination-rules.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type { MeshAsk, MeshDenial } from './mesh-denial.ts';
import { isIstio, isPastSidecar, meshProxyOf, ROOT_NAMESPACE } from './proxies.ts';

/*
 * Does the caller speak the mTLS that the backend's sidecar wants? What it wants: PeerAuthentication, the most specific
 * first (istio.io/latest/docs/reference/config/security/peer_authentication). What the caller speaks: auto mTLS unless a
 * DestinationRule says otherwise, plain text without a sidecar.
 */

export function istioMtlsDenial(ask: MeshAsk): MeshDenial | undefined {
  const { model, caller, pod, port } = ask;
  const own = meshProxyOf(pod);
  const rule = tlsRule(ask);
  if (!isIstio(own))
    return rule?.mode === 'ISTIO_MUTUAL' && meshProxyOf(caller) === 'istio' ? toPlainPod(ask, rule) : undefined;
  if (isPastSidecar(pod, port)) return undefined;
  const wanted = peerAuthentication(model, pod, port);
  if (wanted?.mode !== 'STRICT') return undefined;
  if (!isIstio(meshProxyOf(caller))) return plainCaller(ask, wanted);
  if (rule !== undefined && rule.mode !== 'ISTIO_MUTUAL') return otherTls(ask, wanted, rule);
  return pastOwnSidecar(ask, wanted);
}

interface Peer {
  readonly object: ForeignObject;
  readonly path: string;
  readonly mode: string;
}

/** Of several of one scope the oldest counts; UNSET takes over from the wider scope, and without any mTLS is optional. */
export function peerAuthentication(model: ClusterModel, pod: Pod, port: number): Peer | undefined {
  const all = model
    .foreign('PeerAuthentication')
    .filter(({ apiVersion }) => apiVersion.startsWith('security.istio.io/'))
    .toSorted(
      (left, right) => (left.created ?? Infinity) - (right.created ?? Infinity) || (left.name < right.name ? -1 : 1),
    );
  const labelsOf = ({ spec }: ForeignObject): Readonly<Record<string, string>> =>
    readStringMap(readObject(spec as JsonObject, 'selector'), 'matchLabels');
  const isWide = (object: ForeignObject): boolean => Object.keys(labelsOf(object)).length === 0;
  const own = all.find(
    (object) =>
      object.namespace === pod.namespace &&
      !isWide(object) &&
      Object.entries(labelsOf(object)).every(([key, value]) => pod.labels[key] === value),
  );
  const scopes = [
    own,
    all.find((object) => object.namespace === pod.namespace && isWide(object)),
    all.find((object) => object.namespace === ROOT_NAMESPACE && isWide(object)),
  ];
  for (const object of scopes) {
    if (object === undefined) continue;
    const spec = object.spec as JsonObject;
    const level = object === own ? readOptionalObject(readObject(spec, 'portLevelMtls'), String(port)) : undefined;
    const special = level === undefined ? undefined : readString(level, 'mode');
    if (special !== undefined && special !== 'UNSET')
      return { object, path: `spec.portLevelMtls["${port}"].mode`, mode: special };
    const mode = readString(readObject(spec, 'mtls'), 'mode');
    if (mode !== undefined && mode !== 'UNSET') return { object, path: 'spec.mtls.mode', mode };
  }
  return undefined;
}

interface TlsRule {
  readonly rule: DestinationRule;
  readonly mode: string;
  readonly path: string;
}

/** TLS settings of the DestinationRule for the host, as the caller's proxy applies them. */
function tlsRule({ model, caller, host, serviceNamespace, port }: MeshAsk): TlsRule | undefined {
  const rules = findDestinationRules(readDestinationRules(model), host, caller.namespace, serviceNamespace);
  for (const rule of rules) {
    const policy = findPolicy(rule, undefined, port, 'tls');
    const mode = policy === undefined ? undefined : readString(policy.raw, 'mode');
    const at = policy?.at('mode');
    if (mode !== undefined && at?.kind === 'field') return { rule, mode, path: at.path };
  }
  return undefined;
}

function cites(wanted: Peer) {
  return citeField(wanted.object, wanted.path, `mTLS is ${wanted.mode}`, wanted.mode);
}

/** Lets plain text in on this port only; the rest of the namespace stays strict. */
function permitPort({ pod, port }: MeshAsk, wanted: Peer): MeshDenial['patches'] {
  const { object } = wanted;
  if (wanted.path.startsWith('spec.portLevelMtls'))
    return [
      {
        object: idOf(object),
        type: 'merge',
        patch: { spec: { portLevelMtls: { [String(port)]: { mode: 'PERMISSIVE' } } } },
      },
    ];
  const selector = readObject(object.spec as JsonObject, 'selector');
  if (Object.keys(selector).length > 0)
    return [
      {
        object: idOf(object),
        type: 'merge',
        patch: { spec: { portLevelMtls: { [String(port)]: { mode: 'PERMISSIVE' } } } },
      },
    ];
  const labels = Object.entries(pod.labels).filter(
    ([key]) => key === 'app' || key === 'app.kubernetes.io/name' || key === 'k8s-app',
  );
  const [first] = labels;
  if (first === undefined) return [];
  const name = `${first[1]}-plain-${port}`.slice(0, 63);
  const { namespace } = pod;
  return [
    {
      object: idOf({ kind: 'PeerAuthentication', namespace, name }),
      type: 'merge',
      patch: {
        apiVersion: object.apiVersion,
        kind: 'PeerAuthentication',
        metadata: { name, namespace },
        spec: {
          selector: { matchLabels: { [first[0]]: first[1] } },
          mtls: { mode: 'STRICT' },
          portLevelMtls: { [String(port)]: { mode: 'PERMISSIVE' } },
        },
      },
    },
  ];
}

function plainCaller(ask: MeshAsk, wanted: Peer): MeshDenial {
  const { caller, pod, model } = ask;
  const where = citeField(caller, 'spec.containers', `${caller.namespace}/${caller.name} has no sidecar`);
  return {
    object: idOf(wanted.object),
    why: `the sidecar of ${pod.namespace}/${pod.name} accepts mTLS only, and ${caller.namespace}/${caller.name} has no sidecar to speak it`,
    modes: ['reset', 'tls-handshake', 'protocol-error'],
    evidence: [cites(wanted), where],
    remedy: `Give ${model.controllerOf(caller)} a sidecar, or let port ${ask.port} take plain text`,
    patches: permitPort(ask, wanted),
    kind: 'mtls',
  };
}

function otherTls({ caller, pod, host }: MeshAsk, wanted: Peer, { rule, mode, path }: TlsRule): MeshDenial {
  const object = idOf(rule.object);
  const speaks = mode === 'DISABLE' ? 'plain text' : `TLS of its own (${mode})`;
  const pointer = `/${path.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/')}`;
  return {
    object,
    why: `DestinationRule ${rule.object.namespace}/${rule.object.name} makes ${caller.namespace}/${caller.name} speak ${speaks} to ${host}, and the sidecar of ${pod.name} accepts mTLS only`,
    modes: ['reset', 'tls-handshake', 'protocol-error'],
    evidence: [citeField(rule.object, path, `tls mode is ${mode}`, mode), cites(wanted)],
    remedy: 'Use ISTIO_MUTUAL in the DestinationRule (or leave its tls out)',
    patches: [{ object, type: 'json', patch: [{ op: 'replace', path: pointer, value: 'ISTIO_MUTUAL' }] }],
    kind: 'mtls',
  };
}

function toPlainPod({ caller, pod, host }: MeshAsk, { rule, mode, path }: TlsRule): MeshDenial {
  return {
    object: idOf(rule.object),
    why: `DestinationRule ${rule.object.namespace}/${rule.object.name} makes ${caller.namespace}/${caller.name} speak mTLS to ${host}, and ${pod.name} has no sidecar`,
    modes: ['tls-handshake', 'protocol-error', 'reset'],
    evidence: [
      citeField(rule.object, path, `tls mode is ${mode}`, mode),
      citeField(pod, 'spec.containers', `${pod.namespace}/${pod.name} has no sidecar`),
    ],
    remedy: 'Inject the sidecar into the Pods, or leave tls out of the DestinationRule',
    patches: [],
    kind: 'mtls',
  };
}

/**
 * ingress-nginx with a sidecar connects to Pod addresses under its own Host header: its sidecar finds no Service for that
 * and passes the bytes on as they are (kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md,
 * service-upstream; istio/istio pilot/pkg/networking/core, PassthroughCluster).
 */
function pastOwnSidecar({ dialect, pod, rule }: MeshAsk, wanted: Peer): MeshDenial | undefined {
  if (rule === undefined || dialect !== 'ingress-nginx') return undefined;
  if (rule.settings.viaClusterIP?.value === true || rule.settings.hostHeader !== undefined) return undefined;
  const [kind] = rule.object.split('/');
  if (kind !== 'Ingress') return undefined;
  const service = rule.action.kind === 'backends' ? rule.action.backends[0]?.object.split('/') : undefined;
  if (service === undefined) return undefined;
  const annotations = {
    'nginx.ingress.kubernetes.io/service-upstream': 'true',
    'nginx.ingress.kubernetes.io/upstream-vhost': `${service[2]}.${service[1]}.svc.cluster.local`,
  };
  return {
    object: rule.object,
    why: `the gateway's sidecar does not recognise requests to Pod addresses with the client's Host header and passes them on as plain text, which the sidecar of ${pod.name} refuses`,
    modes: ['reset', 'tls-handshake', 'protocol-error'],
    evidence: [cites(wanted)],
    remedy: 'Send to the Service with its own name (service-upstream and upstream-vhost)',
    patches: [{ object: rule.object, type: 'merge', patch: { metadata: { annotations } } }],
    kind: 'mtls',
  };
}
