import type { Json, JsonObject } from '../contract.ts';
import { isObject } from '../reading/object-identity.ts';
import { plainDomain } from './domains.ts';
import { tellingWords } from './words.ts';

/** Namespaces whose objects are Kubernetes' own or a well-known project's: their names tell nothing. */
const KNOWN_NAMESPACES: ReadonlySet<string> = new Set(
  'kube-system kube-public kube-node-lease kube-flannel calico-system calico-apiserver tigera-operator cilium-secrets istio-system istio-ingress linkerd ingress-nginx cert-manager traefik kong projectcontour envoy-gateway-system gateway-system haproxy-controller nginx-gateway nginx-ingress metallb-system monitoring openshift-ingress openshift-dns'.split(
    ' ',
  ),
);
/** Kinds that a controller installs under its own name. */
const KNOWN_KINDS: ReadonlySet<string> = new Set([
  'IngressClass',
  'GatewayClass',
  'CustomResourceDefinition',
  'APIService',
  'StorageClass',
  'PriorityClass',
  'FlowSchema',
]);
/** Fields, of any object, that name hosts, people or things. */
const NAMING_FIELDS: ReadonlySet<string> = new Set(
  'host hosts hostname hostnames fqdn externalName loadBalancerHostname serverName nodeName clusterName cluster serviceName secretName claimName serviceAccountName serviceAccount image commonName dnsNames domain domains user email organization team owner'.split(
    ' ',
  ),
);
const HOST_FIELDS: ReadonlySet<string> = new Set(
  'host hosts hostname hostnames fqdn externalName serverName commonName dnsNames domain domains'.split(' '),
);
const LABEL_MAPS: ReadonlySet<string> = new Set(['labels', 'matchLabels', 'selector']);
/** Labels of the machine and the version rather than of somebody's app. */
const KNOWN_LABELS =
  /^(?:kubernetes\.io\/(?:os|arch)|beta\.kubernetes\.io\/|node\.kubernetes\.io\/|topology\.|helm\.sh\/chart|app\.kubernetes\.io\/(?:version|managed-by)|pod-template-hash|controller-revision-hash|endpointslice\.kubernetes\.io\/managed-by|node-role\.kubernetes\.io\/)/;

const URL_HOST = /(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/(?:[^\s/@"']{1,256}@)?([A-Za-z0-9.-]{1,253})/g;
const HOST_HEADER =
  /\b(?:[hH]ost|server|authority|SNI|Server name)["']?[:=,]\s{0,2}["']?([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10})/g;
const EMAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}/g;
/** `cart.shop.svc`, wherever it is written. */
const SERVICE_NAME = /([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3})\.svc\b/g;

/** Gathers the words that tell whose cluster it is, from names, hosts, labels and whatever text holds URLs. */
export class WordCollector {
  readonly words = new Set<string>();
  readonly #domains = new Set<string>();
  readonly #namespaces = new Set<string>();

  /** Registered domains made of common words only; `api.dev` is none where `dev` is a namespace. */
  get domains(): ReadonlySet<string> {
    const isService = (domain: string) => this.#namespaces.has(domain.slice(domain.lastIndexOf('.') + 1));
    return new Set([...this.#domains].filter((domain) => !isService(domain)));
  }

  object(raw: JsonObject): void {
    const metadata = isObject(raw.metadata) ? raw.metadata : {};
    const namespace = typeof metadata.namespace === 'string' ? metadata.namespace : '';
    this.#namespaces.add(namespace);
    const isKnown = KNOWN_NAMESPACES.has(namespace) || KNOWN_KINDS.has(String(raw.kind));
    if (!isKnown && !(raw.kind === 'Namespace' && KNOWN_NAMESPACES.has(String(metadata.name)))) {
      this.#name(metadata.name);
      this.#name(namespace);
      this.#labels(metadata.labels);
    }
    this.#fields(raw, isKnown);
  }

  text(text: string): void {
    for (const [, name = ''] of text.matchAll(SERVICE_NAME)) this.#name(name);
    for (const pattern of [URL_HOST, HOST_HEADER]) {
      for (const [, host = ''] of text.matchAll(pattern)) this.#host(host);
    }
    if (text.includes('@')) for (const [address] of text.matchAll(EMAIL)) this.#name(address);
  }

  #fields(value: Json | undefined, isKnown: boolean): void {
    if (typeof value === 'string') this.text(value);
    else if (Array.isArray(value)) for (const item of value) this.#fields(item, isKnown);
    else if (isObject(value)) {
      for (const [key, field] of Object.entries(value)) {
        if (LABEL_MAPS.has(key) && !isKnown) this.#labels(field);
        if (HOST_FIELDS.has(key)) this.#hosts(field);
        if (NAMING_FIELDS.has(key) || (key === 'name' && !isKnown)) this.#names(field);
        this.#fields(field, isKnown);
      }
    }
  }

  #hosts(value: Json | undefined): void {
    for (const host of Array.isArray(value) ? value : [value]) if (typeof host === 'string') this.#host(host);
  }

  #host(host: string): void {
    this.#name(host);
    const domain = plainDomain(host);
    if (domain !== undefined) this.#domains.add(domain);
  }

  #names(value: Json | undefined): void {
    if (Array.isArray(value)) for (const item of value) this.#name(item);
    else this.#name(value);
  }

  #labels(labels: Json | undefined): void {
    if (!isObject(labels)) return;
    for (const [key, value] of Object.entries(labels)) if (!KNOWN_LABELS.test(key)) this.#name(value);
  }

  #name(name: Json | undefined): void {
    if (typeof name === 'string') for (const word of tellingWords(name.slice(0, 512))) this.words.add(word);
  }
}
