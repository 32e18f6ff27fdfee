/** What one Pod of the data plane says it has loaded, or why it could not be asked. */
export interface GatewayConfigObservation {
  readonly namespace: string;
  readonly pod: string;
  /** Where it was asked: `localhost:19000/clusters?format=json`. */
  readonly asked: string;
  readonly loaded: LoadedConfig;
}
export type LoadedConfig =
  | { readonly state: 'read'; readonly groups: readonly EndpointGroup[] }
  | { readonly state: 'unread'; readonly why: string; readonly settledBy: string };

/** Endpoints among which the proxy chooses: a cluster of Envoy's, a service of Traefik's. */
export interface EndpointGroup {
  /** The proxy's own name: `outbound|80||web.shop.svc.cluster.local`, `shop-web-80@kubernetes`. */
  readonly name: string;
  readonly endpoints: readonly LoadedEndpoint[];
  /** It has endpoints that are no address and port (pipes, internal listeners), so that `endpoints` is not all. */
  readonly partial: boolean;
}
export interface LoadedEndpoint {
  /** An IP address without brackets, or a host name. */
  readonly address: string;
  readonly port: number;
  /** Why the proxy does not send there; empty when it does. */
  readonly faults: readonly string[];
}
