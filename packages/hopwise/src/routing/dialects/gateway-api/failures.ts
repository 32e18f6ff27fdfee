import type { FailureTable } from '../../route-table.ts';

const SPECIFICATION = 'gateway-api apis/v1/httproute_types.go';

/** The answers that the specification itself asks for; for the rest any of the usual gateway errors may come. */
export const SPECIFICATION_FAILURES: FailureTable = {
  'no-route': { status: 404, reference: `${SPECIFICATION} HTTPRouteRule.Matches` },
  'no-service': { status: 500, also: [503], reference: `${SPECIFICATION} HTTPRouteRule.BackendRefs` },
  'no-endpoints': { status: 503, also: [500, 502], reference: `${SPECIFICATION} HTTPRouteRule.BackendRefs` },
  'read-timeout': { status: 504, reference: 'gateway-api GEP-1742' },
  refused: { status: 503, also: [502], reference: 'implementation-specific' },
  'no-route-to-host': { status: 503, also: [502, 504], reference: 'implementation-specific' },
  'connect-timeout': { status: 503, also: [504, 502], reference: 'implementation-specific' },
  'tls-handshake': { status: 503, also: [502], reference: 'implementation-specific' },
  'protocol-error': { status: 502, also: [503], reference: 'implementation-specific' },
  'invalid-response': { status: 502, also: [503], reference: 'implementation-specific' },
  'header-too-large': { status: 502, also: [503], reference: 'implementation-specific' },
  reset: { status: 503, also: [502], reference: 'implementation-specific' },
  overflow: { status: 503, reference: 'implementation-specific' },
  'no-live-endpoint': { status: 503, also: [502], reference: 'implementation-specific' },
};
