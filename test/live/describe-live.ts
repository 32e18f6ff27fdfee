import { afterAll, beforeAll, describe, inject } from 'vitest';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../controlplane/control-plane.ts';

/**
 * A `describe` whose tests share one fresh control plane, which `body` gets as a function to call inside the tests. Where
 * there can be none, the tests are skipped and the block's name says why.
 */
export function describeLive(
  name: string,
  options: ControlPlaneOptions,
  body: (controlPlane: () => ControlPlane) => void,
): void {
  const given = inject('controlPlane');
  if ('skip' in given) {
    describe.skip(`${name} (skipped: ${given.skip})`, () => body(notStarted));
    return;
  }
  describe(name, () => {
    let running: ControlPlane | undefined;
    beforeAll(async () => {
      running = await startControlPlane({ ...options, binaries: given.binaries });
    });
    afterAll(async () => running?.stop());
    body(() => running ?? notStarted());
  });
}

function notStarted(): never {
  throw new Error('the control plane is not up yet: ask for it inside a test or a hook');
}
