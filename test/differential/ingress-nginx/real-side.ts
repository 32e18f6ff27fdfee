import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { ControlPlane } from '../../controlplane/control-plane.ts';
import { createProcessKeeper, findFreePort } from '../../controlplane/processes.ts';
import { ask, type WireAnswer, type WireRequest } from './ask.ts';
import type { ControllerBuild } from './build-controller.ts';
import { loadController, loadSurroundings, loadWorld } from './cluster.ts';
import { type Controller, startController } from './controller.ts';
import { startEchoServer } from './echo-server.ts';
import { startNginx } from './nginx.ts';
import { layPrivateRoot } from './private-root.ts';
import { CONTROLLER, controllerFlags, listenPorts, type World } from './world.ts';

/** A world as it really behaves. */
export type RealWorld =
  | {
      readonly state: 'serving';
      readonly objects: readonly JsonObject[];
      ask(request: WireRequest): Promise<WireAnswer>;
      stop(): Promise<void>;
    }
  /** The controller died of it, or NGINX would not take what it rendered. */
  | { readonly state: 'refused'; readonly why: string; readonly objects: readonly JsonObject[] };

export interface RealSide {
  /** Brings one world up; the one before must have been stopped. */
  serve(world: World): Promise<RealWorld>;
  stop(): Promise<void>;
}

/** The real controller beside a real API server, and the real NGINX on what it renders. */
export async function startRealSide(controlPlane: ControlPlane, build: ControllerBuild): Promise<RealSide> {
  const { api, admin } = controlPlane;
  const folder = join(controlPlane.folder, 'ingress-nginx');
  mkdirSync(folder);
  const keeper = createProcessKeeper(folder);
  const [root, echo, http, https] = [
    layPrivateRoot(folder),
    await startEchoServer(),
    await findFreePort(),
    await findFreePort(),
  ];
  await loadSurroundings(api);
  let round = 0;
  let running: { readonly flags: string; readonly controller: Controller } | undefined;

  const controllerFor = async (flags: readonly string[]): Promise<Controller> => {
    if (running?.flags === flags.join(' ') && !running.controller.crashed()) return running.controller;
    await running?.controller.stop();
    await loadController(api, flags);
    const place = { build, root, keeper, kubeconfig: admin.kubeconfig, pod: CONTROLLER };
    running = { flags: flags.join(' '), controller: await startController(place, controllerFlags(flags)) };
    return running.controller;
  };

  return {
    serve: async (world) => {
      const controller = await controllerFor(world.flags);
      round += 1;
      const loaded = await loadWorld(controlPlane, controller, world, round);
      if (loaded.state === 'crashed')
        return { state: 'refused', why: 'the controller panicked', objects: loaded.objects };
      const asked = listenPorts(world.flags);
      const listen = new Map([
        [asked.http, http],
        [asked.https, https],
        [controller.statusPort, await findFreePort()],
      ]);
      const nginx = await startNginx(root, keeper, loaded, { echo: echo.port, listen }, http);
      if (nginx.state === 'refused') return { ...nginx, objects: loaded.objects };
      return {
        state: 'serving',
        objects: loaded.objects,
        ask: (request) => ask(request, { http, https }),
        stop: nginx.stop,
      };
    },
    stop: async () => {
      await running?.controller.stop();
      await keeper.stop();
      await echo.stop();
    },
  };
}
