import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ConfigMap } from '../../../model/kinds/cluster.ts';
import type { IngressController } from '../../ingress/controllers.ts';
import { servicesOf } from '../../ingress/data-plane.ts';
import { isSet } from '../../ingress/flags.ts';
import { parseVersion } from '../../ingress/image.ts';
import { ControllerConfig } from './config-map.ts';
import { parseGoBool } from './go-values.ts';
import { type ControllerVersion, since } from './version.ts';

/** One running controller with everything that its flags and its ConfigMap decide. */
export interface NginxInstance {
  readonly controller: IngressController;
  readonly version: ControllerVersion | undefined;
  readonly config: ControllerConfig;
  /** Why the ConfigMap could not be read; undefined when it was, or when there is none. */
  readonly configUnknown?: string;
  readonly annotationsPrefix: string;
  readonly validateAnnotations: boolean;
  readonly defaultBackendService?: { readonly namespace: string; readonly name: string };
  readonly sslPassthrough: boolean;
  readonly disableCatchAll: boolean;
  readonly externalNameAllowed: boolean;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly healthPath: string;
  readonly deepInspect: boolean;
  /** Headers of the ConfigMap named by proxy-set-headers, set on every request to a backend. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** TLS ends before the controller, which then sees plain HTTP on port 443. */
  readonly tlsEndsBefore: boolean;
}

/** Reads a controller's flags and ConfigMap (pkg/flags/flags.go). */
export function readInstance(model: ClusterModel, controller: IngressController): NginxInstance {
  const { flags } = controller;
  const version = parseVersion(controller.image?.tag);
  const configMap = findConfigMap(model, controller);
  const config = new ControllerConfig(configMap.map);
  const httpPort = Number(flags.get('http-port') ?? 80) || 80;
  const backend = readName(flags.get('default-backend-service'));
  const validate = flags.get('enable-annotation-validation');
  return {
    controller,
    version,
    config,
    ...(configMap.unknown === undefined ? {} : { configUnknown: configMap.unknown }),
    annotationsPrefix: flags.get('annotations-prefix') || 'nginx.ingress.kubernetes.io',
    // The flag came with 1.9 and is on by default since 1.12 (changelog of 1.12.0-beta.0).
    validateAnnotations: validate === undefined ? since(version, 1, 12) : (parseGoBool(validate || 'true') ?? true),
    ...(backend === undefined ? {} : { defaultBackendService: backend }),
    sslPassthrough: isSet(flags, 'enable-ssl-passthrough'),
    disableCatchAll: isSet(flags, 'disable-catch-all'),
    externalNameAllowed: !isSet(flags, 'disable-svc-external-name'),
    httpPort,
    httpsPort: Number(flags.get('https-port') ?? 443) || 443,
    healthPath: flags.get('health-check-path') || '/healthz',
    deepInspect: parseGoBool(flags.get('deep-inspect') || 'true') ?? true,
    requestHeaders: readRequestHeaders(model, config),
    tlsEndsBefore: endsTlsBefore(model, controller, httpPort),
  };
}

/** Values that use NGINX variables are left out: they differ from request to request. */
function readRequestHeaders(model: ClusterModel, config: ControllerConfig): Readonly<Record<string, string>> {
  const named = readName(config.text('proxy-set-headers', '').value);
  const map = named === undefined ? undefined : model.get('ConfigMap', named.namespace, named.name);
  if (map === undefined || map.state !== 'found') return {};
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(map.value.data))
    if (!value.includes('$')) headers[name.toLowerCase()] = value;
  return headers;
}

/** The Service's port 443 leads to the controller's HTTP port: a load balancer in front speaks TLS. */
function endsTlsBefore(model: ClusterModel, controller: IngressController, httpPort: number): boolean {
  const names = controller.container?.ports.filter((port) => port.port === httpPort).map((port) => port.name) ?? [];
  return servicesOf(model, controller).some((service) =>
    service.ports.some(
      (port) => port.port === 443 && (port.targetPort === httpPort || names.includes(String(port.targetPort))),
    ),
  );
}

/** `namespace/name`. */
function readName(text: string | undefined): { namespace: string; name: string } | undefined {
  const match = /^([^/$]+)\/([^/$]+)$/.exec(text ?? '');
  return match === null ? undefined : { namespace: match[1] ?? '', name: match[2] ?? '' };
}

function findConfigMap(model: ClusterModel, controller: IngressController): { map?: ConfigMap; unknown?: string } {
  const flag = controller.flags.get('configmap');
  if (controller.workload === undefined)
    return { unknown: 'the controller that would name its ConfigMap was not seen' };
  if (flag === undefined || flag === '') return {};
  const name = readName(flag);
  if (name === undefined) return { unknown: `--configmap=${flag} does not say which ConfigMap` };
  const lookup = model.get('ConfigMap', name.namespace, name.name);
  if (lookup.state === 'found') return { map: lookup.value };
  return lookup.state === 'unknown' ? { unknown: `ConfigMap ${name.namespace}/${name.name}: ${lookup.why}` } : {};
}
