import { displayId, idOf } from '../../base/object-id.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Service } from '../../model/kinds/service.ts';
import { answeringBackends, usableEndpoints } from '../backend-path.ts';
import type { BackendPath, Hop } from '../trace.ts';
import { answeredByApp, type HopFacts } from './facts.ts';
import { worst } from './worst.ts';

export function serviceHop(facts: HopFacts): Hop {
  return worst(answeringBackends(facts.backends).map((path) => oneService(facts, path)));
}

function oneService(facts: HopFacts, path: BackendPath): Hop {
  const base = { hop: 'service' as const, object: path.ref.object };
  if (path.service.state === 'unknown') {
    return answeredByApp(facts)
      ? { ...base, state: 'ok', detail: 'requests are answered', evidence: [] }
      : { ...base, state: 'unknown', detail: path.service.why, evidence: [] };
  }
  if (path.service.state === 'absent') {
    const evidence: Evidence[] = [
      { type: 'absence', what: path.ref.object, text: `${displayId(path.ref.object)} is not among the Services read` },
    ];
    return {
      ...base,
      state: 'broken',
      mode: 'no-service',
      detail: `${displayId(path.ref.object)} does not exist`,
      evidence,
    };
  }
  const service = path.service.value;
  // Gateways use the route's port as it is: an ExternalName Service need not define any.
  if (service.type === 'ExternalName')
    return { ...base, state: 'ok', detail: `external name ${service.externalName}`, evidence: [] };
  if (path.port.state !== 'found') {
    const evidence: Evidence[] = [
      {
        type: 'field',
        text: `ports are ${service.ports.map((port) => `${port.name ?? ''}:${port.port}`).join(', ')}`,
        object: idOf(service),
        path: 'spec.ports',
      },
    ];
    return {
      ...base,
      state: 'broken',
      mode: 'no-service',
      detail: `the Service has no port ${path.ref.port}`,
      evidence,
    };
  }
  const mapped = facts.inside?.paths === undefined ? undefined : unmappedPort(service, path.ref.port);
  if (mapped !== undefined && !answeredByApp(facts)) return { ...base, state: 'unknown', detail: mapped, evidence: [] };
  if (path.slices.state === 'unknown') {
    return answeredByApp(facts)
      ? { ...base, state: 'ok', detail: 'requests are answered', evidence: [] }
      : { ...base, state: 'unknown', detail: path.slices.why, evidence: [] };
  }
  return judgeEndpoints(facts, path, service.ports.length);
}

function judgeEndpoints(facts: HopFacts, path: BackendPath, _ports: number): Hop {
  const base = { hop: 'service' as const, object: path.ref.object };
  const usable = usableEndpoints(path).length;
  const total = path.endpoints.length;
  if (usable > 0) return { ...base, state: 'ok', detail: `${usable} of ${total} endpoints ready`, evidence: [] };
  // A Service nobody selects for in plain manifests may be filled by something that is not in them.
  if (facts.model.manifestsOnly && total === 0 && path.selected.length === 0) {
    return {
      ...base,
      state: 'suspect',
      mode: 'no-endpoints',
      detail: 'no workload of the manifests matches the selector',
      evidence: [],
    };
  }
  if (path.endpoints.some((endpoint) => endpoint.ready && endpoint.port === undefined)) {
    return {
      ...base,
      state: 'broken',
      mode: 'no-endpoints',
      detail: 'endpoints have addresses but not the port',
      evidence: [],
    };
  }
  return {
    ...base,
    state: 'broken',
    mode: 'no-endpoints',
    detail: total === 0 ? 'no endpoints' : `none of ${total} endpoints is ready`,
    evidence: [],
  };
}

/** A headless Service's name leads to the Pods themselves: its ports are translated for nobody. */
function unmappedPort(service: Service, asked: number | string | undefined): string | undefined {
  const own = service.ports.find((port) => port.port === asked);
  if (own === undefined || own.targetPort === asked) return undefined;
  return `it is headless, so the Pods are asked at port ${asked}; its targetPort ${own.targetPort} is not applied`;
}
