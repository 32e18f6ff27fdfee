import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../sources/contract.ts';
import { fieldChanges, isRecreated } from './field-changes.ts';

const deployment = (container: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', uid: 'u', resourceVersion: '1', ...more },
  spec: { template: { spec: { containers: [{ name: 'app', ...container }] } } },
});

describe('fieldChanges', () => {
  it('names list items by their names, whatever their order', () => {
    const before = deployment({
      image: 'a:1',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    });
    const after = deployment({
      image: 'a:2',
      env: [
        { name: 'B', value: '3' },
        { name: 'A', value: '1' },
      ],
    });
    expect(fieldChanges(before, after)).toEqual([
      { path: 'spec.template.spec.containers[app].image', before: 'a:1', after: 'a:2' },
      { path: 'spec.template.spec.containers[app].env[B].value', before: '2', after: '3' },
    ]);
  });

  it('says what came and went in lists without names', () => {
    expect(fieldChanges(deployment({ args: ['-a', '-b'] }), deployment({ args: ['-b', '-c'] }))).toEqual([
      { path: 'spec.template.spec.containers[app].args', before: '["-a"]', after: '["-c"]' },
    ]);
    expect(fieldChanges({ a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 1 }] })).toEqual([{ path: 'a', before: '[{"x":2}]' }]);
  });

  it('looks past versions, heartbeats, times and counts', () => {
    const before = {
      metadata: { resourceVersion: '1', managedFields: [] },
      status: {
        observedGeneration: 1,
        replicas: 2,
        conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: 'x' }],
      },
    };
    const after = {
      metadata: { resourceVersion: '2' },
      status: {
        observedGeneration: 2,
        replicas: 3,
        phase: 'Active',
        conditions: [{ type: 'Ready', status: 'False', lastHeartbeatTime: 'y' }],
      },
    };
    expect(fieldChanges(before, after)).toEqual([
      { path: 'status.conditions[Ready].status', before: 'True', after: 'False' },
    ]);
  });

  it('shows only the lines that differ of a text, and every label', () => {
    expect(fieldChanges({ data: { 'a.conf': 'x 1;\ny 2;\n' } }, { data: { 'a.conf': 'x 1;\ny 3;\nz;\n' } })).toEqual([
      { path: 'data["a.conf"]', before: 'y 2;', after: 'y 3;\nz;' },
    ]);
    expect(fieldChanges(deployment({}), deployment({}, { labels: { 'a.b/c': 'd' } }))).toEqual([
      { path: 'metadata.labels["a.b/c"]', after: 'd' },
    ]);
  });

  it('is not led astray by names of the language', () => {
    const hostile = JSON.parse('{"spec":{"__proto__":{"a":1},"constructor":2}}') as JsonObject;
    expect(fieldChanges({ spec: {} }, hostile).map(({ path }) => path)).toEqual(['spec.__proto__', 'spec.constructor']);
  });

  it('knows an object that was made anew', () => {
    expect(isRecreated(deployment({}), deployment({}, { uid: 'v' }))).toBe(true);
    expect(isRecreated(deployment({}), deployment({}))).toBe(false);
  });
});
