import { formatPath } from '../../../base/field-path.ts';
import { idOf } from '../../../base/object-id.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import { annotationOwner } from '../../ingress/annotation-owners.ts';
import type { NotUnderstood } from '../../route-table.ts';

/**
 * Own annotations that are read here or change neither way nor timing, without prefix; anything else of the controller's
 * own is listed as not modelled.
 */
const READ: Readonly<Record<string, ReadonlySet<string>>> = {
  agic: words(
    'request-timeout backend-protocol backend-hostname cookie-based-affinity ssl-redirect connection-draining connection-draining-timeout use-private-ip health-probe-hostname health-probe-port health-probe-path health-probe-status-codes health-probe-interval health-probe-timeout health-probe-unhealthy-threshold appgw-ssl-certificate appgw-trusted-root-certificate waf-policy-for-path rule-priority',
  ),
  alb: words(
    'scheme target-type listen-ports certificate-arn group.name group.order subnets security-groups tags ip-address-type ssl-redirect ssl-policy load-balancer-name load-balancer-attributes target-group-attributes backend-protocol backend-protocol-version healthcheck-path healthcheck-port healthcheck-protocol healthcheck-interval-seconds healthcheck-timeout-seconds healthy-threshold-count unhealthy-threshold-count success-codes wafv2-acl-arn',
  ),
  cilium: words(
    'loadbalancer-mode service-type insecure-node-port secure-node-port force-https host-listener-port loadbalancer-class',
  ),
  contour: words(
    'num-retries response-timeout retry-on tls-minimum-protocol-version tls-maximum-protocol-version tls-cert-namespace websocket-routes ingress.class',
  ),
  'haproxy-ingress': words(
    'timeout-server timeout-connect timeout-client secure-backends backend-protocol maxconn-server ssl-redirect balance-algorithm',
  ),
  haproxytech: words(
    'timeout-server timeout-connect timeout-client timeout-tunnel timeout-check server-ssl server-proto server-ca server-crt check check-http check-interval check-timeout forwarded-for load-balance ssl-redirect ssl-redirect-code ssl-redirect-port cookie-persistence pod-maxconn scale-server-slots src-ip-header backend-config-snippet abortonclose http-keep-alive maxconn',
  ),
  kong: words(
    'strip-path protocol protocols methods https-redirect-status-code regex-priority preserve-host host-header read-timeout write-timeout connect-timeout retries response-buffering request-buffering tags snis',
  ),
  'nginx-inc': words(
    'proxy-connect-timeout proxy-read-timeout proxy-send-timeout client-max-body-size proxy-buffer-size proxy-buffers proxy-buffering websocket-services ssl-services grpc-services rewrites path-regex keepalive max-fails max-conns fail-timeout lb-method proxy-next-upstream proxy-next-upstream-tries proxy-next-upstream-timeout redirect-to-https ssl-redirect hsts server-tokens use-cluster-ip upstream-zone-size sticky-cookie-services',
  ),
  traefik: words(
    'router.entrypoints router.tls router.tls.certresolver router.tls.domains service.serversscheme service.passhostheader',
  ),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Annotations of other controllers, and own ones that are not modelled yet. */
export function annotationNotes(ingress: Ingress, id: string | undefined): readonly NotUnderstood[] {
  if (id === undefined) return [];
  return Object.keys(ingress.annotations).flatMap((key): readonly NotUnderstood[] => {
    const owner = annotationOwner(key);
    if (owner === undefined) return [];
    const place = { object: idOf(ingress), path: formatPath(['metadata', 'annotations', key]) };
    if (!owner.ids.includes(id)) {
      const why = `${key} is an annotation of ${owner.name}; this controller does not read it`;
      return [{ ...place, why, effect: 'ignored' }];
    }
    return READ[id]?.has(key.slice(owner.prefix.length)) === true
      ? []
      : [{ ...place, why: `${key} is not modelled yet` }];
  });
}
