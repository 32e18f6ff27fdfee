import type { EffectiveSettings } from '../../../route-table.ts';
import { agic, alb, gce } from './cloud.ts';
import { contour } from './contour.ts';
import { haproxyIngress, haproxyTech } from './haproxy.ts';
import { kong } from './kong.ts';
import { nginxInc } from './nginx.ts';
import type { Place, SettingsReader } from './place.ts';
import { traefik } from './traefik.ts';

/** By the id of the known controller; of any other nothing is known. */
const READERS: ReadonlyMap<string, SettingsReader> = new Map([
  ['agic', agic],
  ['alb', alb],
  ['contour', contour],
  ['gce', gce],
  ['haproxy-ingress', haproxyIngress],
  ['haproxytech', haproxyTech],
  ['kong', kong],
  ['nginx-inc', nginxInc],
  ['traefik', traefik],
]);

/** The settings of one path that decide about 502 and 504, as far as its controller is known. */
export function settingsAt(place: Place): EffectiveSettings {
  return READERS.get(place.controller.known?.id ?? '')?.(place) ?? {};
}
