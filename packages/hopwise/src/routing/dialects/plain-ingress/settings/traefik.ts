import type { BackendProtocol, EffectiveSettings } from '../../../route-table.ts';
import { asSetting, byDefault, type Place, parseTime, readAnnotation } from './place.ts';

const PREFIX = ['traefik.ingress.kubernetes.io'];
const SOURCE = 'https://github.com/traefik/traefik/blob/master/pkg/provider/kubernetes/ingress/kubernetes.go';
const TRANSPORT = 'https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/';
const SCHEMES: Readonly<Record<string, BackendProtocol>> = { http: 'http', https: 'https', h2c: 'h2c' };

/**
 * Traefik's Ingress provider (getProtocol): the Service's serversscheme, else HTTPS for port 443 and for ports whose name
 * starts with `https`. It waits for a response without end unless serversTransport says otherwise.
 */
export function traefik(place: Place): EffectiveSettings {
  const { controller, service, port } = place;
  const scheme = asSetting(readAnnotation('service.serversscheme', PREFIX, service), (text) => SCHEMES[text]);
  const secure = port !== undefined && (port.port === 443 || port.name?.startsWith('https') === true);
  const flag = controller.flags.get('serverstransport.forwardingtimeouts.responseheadertimeout');
  const timeout = flag === undefined ? undefined : parseTime(flag, 's');
  return {
    backendProtocol: scheme ?? byDefault(secure ? 'https' : 'http', `${SOURCE} getProtocol`),
    readTimeout: byDefault(timeout ?? 0, `${TRANSPORT} forwardingTimeouts.responseHeaderTimeout`),
    connectTimeout: byDefault(30_000, `${TRANSPORT} forwardingTimeouts.dialTimeout`),
    upstreamIdleTimeout: byDefault(90_000, `${TRANSPORT} forwardingTimeouts.idleConnTimeout`),
    websocket: byDefault(true, 'Traefik passes upgrades on'),
  };
}
