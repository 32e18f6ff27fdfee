import { describe, expect, it } from 'vitest';
import { objectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { JsonObject } from '../sources/contract.ts';
import { wantedPatch } from './wanted-patch.ts';

const GATEWAY = objectId('Gateway', 'infra', 'edge');

function patch(raw: JsonObject, path: string): unknown {
  const model = { raw: () => raw } as unknown as ClusterModel;
  return wantedPatch(model, { object: GATEWAY, path, value: 'v' })?.patch;
}

describe('wantedPatch', () => {
  it('sets a field that may be there already', () => {
    const wanted = [{ op: 'add', path: '/spec/gatewayClassName', value: 'v' }];
    expect(patch({ spec: {} }, 'spec.gatewayClassName')).toEqual(wanted);
    expect(patch({ spec: { gatewayClassName: 'old' } }, 'spec.gatewayClassName')).toEqual(wanted);
  });

  it('makes the parents that are missing', () => {
    expect(
      patch({ spec: { listeners: [{ name: 'web' }] } }, 'spec.listeners[0].allowedRoutes.namespaces.from'),
    ).toEqual([{ op: 'add', path: '/spec/listeners/0/allowedRoutes', value: { namespaces: { from: 'v' } } }]);
  });

  it('escapes keys that hold slashes', () => {
    expect(patch({ metadata: { annotations: {} } }, 'metadata.annotations["a.io/b"]')).toEqual([
      { op: 'add', path: '/metadata/annotations/a.io~1b', value: 'v' },
    ]);
  });

  it('gives up where the path leads through something else', () => {
    expect(patch({ spec: 'text' }, 'spec.listeners[0].port')).toBeUndefined();
    expect(patch({ spec: {} }, 'spec.rules[0].backend')).toBeUndefined();
    expect(patch({ spec: {} }, 'spec..x')).toBeUndefined();
  });

  it('keeps a dangerous key a plain key', () => {
    expect(JSON.stringify(patch({ spec: {} }, 'spec.__proto__.polluted'))).toContain('__proto__');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
