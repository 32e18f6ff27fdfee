import type { LogFormat } from '../format.ts';
import { application } from './application.ts';
import { ingressNginxAccess } from './ingress-nginx-access.ts';
import { nginxError } from './nginx-error.ts';

/** Every log format, sorted by name; a line belongs to at most one of those that are not generic. */
export const LOG_FORMATS: readonly LogFormat[] = [application, ingressNginxAccess, nginxError];
