/** What is known about a controller that reads Ingress objects, independent of any cluster. */
export interface KnownController {
  readonly id: string;
  /** What a reader calls it. */
  readonly name: string;
  readonly dialect: 'ingress-nginx' | 'plain-ingress';
  /** Values of IngressClass.spec.controller; a trailing `*` is a prefix. */
  readonly controllers: readonly string[];
  /** Image repositories (without registry) of the process that reads Ingress objects. */
  readonly images: RegExp;
  /** The traffic passes Pods with these images instead of the controller's own. */
  readonly proxyImages?: RegExp;
  /** Ports such a Pod must have one of, when its image serves many purposes. */
  readonly proxyWords?: readonly string[];
  /** The data plane is a cloud load balancer: no Pod of it is ever in the cluster. */
  readonly cloud: boolean;
  /** Flags (or upper-case environment variables) that name the class it takes, and the class without them. */
  readonly classFlags: readonly string[];
  readonly classNames: readonly string[];
  /** What happens to Ingresses that name no class: `unless-named` takes them as long as no class flag is set. */
  readonly classless: 'never' | 'always' | 'unless-named' | 'default-class';
  /** Flags that make it take class-less Ingresses too. */
  readonly classlessFlags: readonly string[];
  /** `spec.ingressClassName` is compared with its class name; the IngressClass object is not asked who it belongs to. */
  readonly classByName: boolean;
}

type Entry = Partial<KnownController> & Pick<KnownController, 'id' | 'name' | 'controllers' | 'images'>;

function known(entry: Entry): KnownController {
  return {
    dialect: 'plain-ingress',
    cloud: false,
    classFlags: [],
    classNames: [],
    classless: 'never',
    classlessFlags: [],
    classByName: false,
    ...entry,
  };
}

const NOTHING = /^$/;

/**
 * Controllers by what their own documentation and source say about class ownership. Sources: ingress-nginx
 * internal/ingress/controller/store; traefik pkg/provider/kubernetes/ingress (shouldProcessIngress); haproxytech
 * pkg/controller ingress class handling; projectcontour internal/ingressclass; kong internal/annotations
 * (IngressClassValidatorFunc); nginx/kubernetes-ingress docs `-ingress-class`; aws-load-balancer-controller
 * pkg/ingress/class_loader.go; GKE docs "Configuring Ingress" (class annotation); cilium operator/pkg/ingress.
 */
export const KNOWN_CONTROLLERS: readonly KnownController[] = [
  known({
    id: 'ingress-nginx',
    name: 'ingress-nginx',
    dialect: 'ingress-nginx',
    controllers: ['k8s.io/ingress-nginx', 'webapprouting.kubernetes.azure.com/nginx*'],
    images:
      /(?:^|\/)(?:ingress-nginx\/controller(?:-chroot)?|nginx-ingress-controller|mirrored-ingress-nginx-controller.*|ingress-nginx-controller|hardened-ingress-nginx|mirrored-nginx-ingress-controller.*)$/,
    classFlags: ['ingress-class'],
    classNames: ['nginx'],
    classlessFlags: ['watch-ingress-without-class'],
  }),
  known({
    id: 'traefik',
    name: 'Traefik',
    controllers: ['traefik.io/ingress-controller'],
    images: /(?:^|\/)(?:traefik|mirrored-library-traefik|hub-agent-traefik|traefik-hub)$/,
    classFlags: ['providers.kubernetesingress.ingressclass'],
    classNames: ['traefik'],
    classless: 'unless-named',
  }),
  known({
    id: 'haproxytech',
    name: 'HAProxy Ingress Controller',
    controllers: ['haproxy.org/ingress-controller*'],
    images: /(?:^|\/)(?:haproxytech\/kubernetes-ingress|haproxy-alpine-ingress|haproxy-ee-ingress|hapee-ingress)$/,
    classFlags: ['ingress.class'],
    classless: 'unless-named',
    classlessFlags: ['empty-ingress-class'],
  }),
  known({
    id: 'haproxy-ingress',
    name: 'HAProxy Ingress',
    controllers: ['haproxy-ingress.github.io/controller*'],
    images: /(?:^|\/)haproxy-ingress$/,
    classFlags: ['ingress-class'],
    classNames: ['haproxy'],
    classlessFlags: ['watch-ingress-without-class'],
  }),
  known({
    id: 'contour',
    name: 'Contour',
    controllers: ['projectcontour.io/*'],
    images: /(?:^|\/)contour$/,
    proxyImages: /(?:^|\/)envoy(?:-distroless)?$/,
    classFlags: ['ingress-class-name'],
    classNames: ['contour'],
    classless: 'unless-named',
    classByName: true,
  }),
  known({
    id: 'kong',
    name: 'Kong',
    controllers: ['ingress-controllers.konghq.com/kong'],
    images:
      /(?:^|\/)(?:kong\/kubernetes-ingress-controller|kubernetes-ingress-controller|nightly-ingress-controller|kong-ingress-controller)$/,
    proxyImages: /(?:^|\/)(?:kong|kong-gateway)$/,
    classFlags: ['ingress-class', 'CONTROLLER_INGRESS_CLASS'],
    classNames: ['kong'],
    classless: 'default-class',
    classByName: true,
  }),
  known({
    id: 'nginx-inc',
    name: 'NGINX Ingress Controller (F5)',
    controllers: ['nginx.org/ingress-controller'],
    images: /(?:^|\/)(?:nginx-ingress|nginx-plus-ingress|nginx-ic\/[a-z-]+|nginx-ingress-operator)$/,
    classFlags: ['ingress-class'],
    classNames: ['nginx'],
    classByName: true,
  }),
  known({
    id: 'gce',
    name: 'Google Cloud load balancer',
    controllers: ['networking.gke.io/gce*', 'k8s.io/ingress-gce'],
    images: /(?:^|\/)(?:ingress-gce-glbc|ingress-gce-glbc-amd64)$/,
    cloud: true,
    classNames: ['gce', 'gce-internal'],
  }),
  known({
    id: 'agic',
    name: 'Azure Application Gateway',
    controllers: ['azure/application-gateway*'],
    images: /(?:^|\/)(?:azure-application-gateway|application-gateway)\/kubernetes-ingress$/,
    cloud: true,
    classNames: ['azure/application-gateway', 'azure-application-gateway'],
  }),
  known({
    id: 'agfc',
    name: 'Azure Application Gateway for Containers',
    controllers: ['alb.networking.azure.io/*'],
    images: /(?:^|\/)application-lb\/images\/alb-controller$/,
    cloud: true,
    classNames: ['azure-alb-external'],
  }),
  known({
    id: 'alb',
    name: 'AWS Application Load Balancer',
    controllers: ['ingress.k8s.aws/alb', 'eks.amazonaws.com/alb'],
    images: /(?:^|\/)(?:aws-load-balancer-controller|aws-alb-ingress-controller)$/,
    cloud: true,
    classFlags: ['ingress-class'],
    classNames: ['alb'],
  }),
  known({
    id: 'cilium',
    name: 'Cilium Ingress',
    controllers: ['cilium.io/ingress-controller'],
    images: /(?:^|\/)cilium\/(?:operator.*|cilium-ci)$/,
    proxyImages: /(?:^|\/)cilium\/(?:cilium-envoy|cilium)$/,
    classNames: ['cilium'],
    classless: 'default-class',
    classByName: true,
  }),
  known({
    id: 'istio',
    name: 'Istio',
    controllers: ['istio.io/ingress-controller'],
    images: /(?:^|\/)pilot(?:-distroless)?$/,
    proxyImages: /(?:^|\/)proxyv2(?:-distroless)?$/,
    proxyWords: ['router'],
    classNames: ['istio'],
  }),
  known({
    id: 'apisix',
    name: 'Apache APISIX',
    controllers: ['apisix.apache.org/*'],
    images: /(?:^|\/)apisix-ingress-controller$/,
    proxyImages: /(?:^|\/)apisix$/,
    classNames: ['apisix'],
  }),
  known({
    id: 'emissary',
    name: 'Emissary-ingress',
    controllers: ['getambassador.io/ingress-controller'],
    images: /(?:^|\/)(?:emissary|ambassador|aes)$/,
    classNames: ['ambassador'],
  }),
  known({
    id: 'gloo',
    name: 'Gloo',
    controllers: ['solo.io/gloo-ingress', 'solo.io/*'],
    images: /(?:^|\/)solo-io\/(?:gloo|ingress)(?:-ee)?$/,
    proxyImages: /(?:^|\/)(?:gloo-envoy-wrapper|gloo-ee-envoy-wrapper)$/,
    classNames: ['gloo'],
  }),
  known({
    id: 'skipper',
    name: 'Skipper',
    controllers: ['zalando.org/*', 'skipper.io/*'],
    images: /(?:^|\/)skipper(?:-internal)?$/,
    classFlags: ['kubernetes-ingress-class'],
    classNames: ['skipper'],
    classless: 'unless-named',
  }),
  known({
    id: 'higress',
    name: 'Higress',
    controllers: ['higress.io/higress-controller', 'mse.alibabacloud.com/ingress'],
    images: /(?:^|\/)higress$/,
    proxyImages: /(?:^|\/)higress\/gateway$/,
    classNames: ['higress', 'mse'],
  }),
  known({
    id: 'pomerium',
    name: 'Pomerium',
    controllers: ['pomerium.io/ingress-controller'],
    images: /(?:^|\/)pomerium\/ingress-controller$/,
    classNames: ['pomerium'],
  }),
  known({
    id: 'openshift',
    name: 'OpenShift router',
    controllers: ['openshift.io/ingress-to-route'],
    images: /(?:^|\/)(?:openshift3?\/ose-haproxy-router|origin-haproxy-router)$/,
    classNames: ['openshift-default'],
    classless: 'always',
  }),
  known({
    id: 'tailscale',
    name: 'Tailscale',
    controllers: ['tailscale.com/ts-ingress'],
    images: /(?:^|\/)tailscale\/k8s-operator$/,
    proxyImages: /(?:^|\/)tailscale\/tailscale$/,
    classNames: ['tailscale'],
  }),
  ...(
    [
      ['oci', 'Oracle Cloud load balancer', ['oci.oraclecloud.com/*']],
      ['alibaba-alb', 'Alibaba Cloud ALB', ['ingress.k8s.alibabacloud/*']],
      ['avi', 'VMware Avi load balancer', ['ako.vmware.com/*']],
      ['bigip', 'F5 BIG-IP', ['f5.com/*']],
      ['netscaler', 'NetScaler', ['citrix.com/*', 'netscaler.com/*']],
      ['ngrok', 'ngrok', ['k8s.ngrok.com/*', 'ngrok.com/*']],
      ['cloudflare', 'Cloudflare Tunnel', ['strrl.dev/cloudflare-tunnel-ingress-controller']],
      ['ibm', 'IBM Cloud ALB', ['ingress.bluemix.net/*']],
    ] as const
  ).map(([id, name, controllers]) => known({ id, name, controllers, images: NOTHING, cloud: true })),
];

/** The known controller for a value of IngressClass.spec.controller. */
export function knownByController(controller: string): KnownController | undefined {
  const exact = KNOWN_CONTROLLERS.find((entry) => entry.controllers.some((value) => covers(value, controller)));
  // A second ingress-nginx in a cluster runs with a controller value of its own, by custom k8s.io/<something>nginx.
  return exact ?? (/^k8s\.io\/.*nginx/.test(controller) ? KNOWN_CONTROLLERS[0] : undefined);
}

export function knownByClassName(name: string): KnownController | undefined {
  return KNOWN_CONTROLLERS.find((entry) => entry.classNames.includes(name));
}

function covers(pattern: string, value: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
}
