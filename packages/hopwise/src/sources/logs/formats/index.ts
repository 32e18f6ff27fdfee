import type { LogFormat } from '../format.ts';
import { apacheError } from './apache-error.ts';
import { application } from './application.ts';
import { awsElb } from './aws-elb.ts';
import { azureAppgw } from './azure-appgw.ts';
import { caddy } from './caddy.ts';
import { cloudflared } from './cloudflared.ts';
import { combined } from './combined.ts';
import { controllerJson } from './controller-json.ts';
import { controllerLogfmt } from './controller-logfmt.ts';
import { coredns } from './coredns.ts';
import { envoyAccess } from './envoy-access.ts';
import { envoyComponent } from './envoy-component.ts';
import { envoyJson } from './envoy-json.ts';
import { gcpLb } from './gcp-lb.ts';
import { haproxyAccess } from './haproxy-access.ts';
import { haproxyController } from './haproxy-controller.ts';
import { haproxyServer } from './haproxy-server.ts';
import { hubble } from './hubble.ts';
import { ingressNginxAccess } from './ingress-nginx-access.ts';
import { klog } from './klog.ts';
import { kongAccess } from './kong-access.ts';
import { linkerdProxy } from './linkerd-proxy.ts';
import { nginxError } from './nginx-error.ts';
import { nginxJson } from './nginx-json.ts';
import { oauth2Proxy } from './oauth2-proxy.ts';
import { traefikAccess } from './traefik-access.ts';
import { traefikJson } from './traefik-json.ts';
import { traefikLog } from './traefik-log.ts';
import { zapConsole } from './zap-console.ts';

/** Every log format, sorted by name; a line belongs to at most one of those without `generality`. */
export const LOG_FORMATS: readonly LogFormat[] = [
  apacheError,
  application,
  awsElb,
  azureAppgw,
  caddy,
  cloudflared,
  combined,
  controllerJson,
  controllerLogfmt,
  coredns,
  envoyAccess,
  envoyComponent,
  envoyJson,
  gcpLb,
  haproxyAccess,
  haproxyController,
  haproxyServer,
  hubble,
  ingressNginxAccess,
  klog,
  kongAccess,
  linkerdProxy,
  nginxError,
  nginxJson,
  oauth2Proxy,
  traefikAccess,
  traefikJson,
  traefikLog,
  zapConsole,
];
