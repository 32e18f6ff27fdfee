import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import { createAuthority } from '../../controlplane/certificates.ts';
import { askEnvoy } from './ask-envoy.ts';
import { openInHopwise } from './ask-hopwise.ts';
import { compareAnswers, compareLoads, compareServed } from './compare.ts';
import { netOfProcess, startEcho } from './echo-server.ts';
import { startEnvoy } from './envoy.ts';
import { listenAddress, listenPort, toEnvoyConfig } from './envoy-config.ts';
import type { Programs } from './programs.ts';
import type { Answer, Disagreement, Scenario } from './scenario.ts';
import { type Translation, translate } from './translate.ts';

/** What came of a scenario. */
export interface Outcome {
  readonly disagreements: readonly Disagreement[];
  /** Envoy's answers, in the order of the requests; empty where it refused the configuration. */
  readonly answers: readonly Answer[];
  readonly refused: readonly string[];
}

/** Envoy Gateway, Envoy and the echo server beside hopwise. */
export interface Bench {
  /** Translates scenarios, which takes seconds and may run beside comparisons. An Error: the API would refuse its objects. */
  readonly prepare: (scenarios: readonly Scenario[]) => Promise<readonly (Translation | Error)[]>;
  /** Asks both sides; one scenario at a time. */
  readonly compare: (scenario: Scenario, translation: Translation) => Promise<Outcome>;
  readonly stop: () => Promise<void>;
}

export async function openBench({ egctl, envoy: program }: Programs): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'hopwise-differential-'));
  const net = netOfProcess();
  const authority = await createAuthority(folder);
  const certificate = await authority.issueServer('gateway', ['DNS:*.example.com', 'DNS:other.net']);
  const echo = await startEcho(net);
  const envoy = await startEnvoy(program, folder);
  let turn = 0;
  return {
    prepare: (scenarios) =>
      translate(
        { egctl, folder, certificate },
        scenarios.map(({ objects }) => objects),
      ),
    compare: async (scenario, translation) => {
      turn += 1;
      const surroundings = { net, turn, certificate };
      const gateways = gatewaysOf(scenario.objects);
      const refused = await envoy.load(toEnvoyConfig(translation, gateways, surroundings));
      const hopwise = openInHopwise(scenario.objects);
      const disagreements: Disagreement[] = [
        ...compareServed(hopwise, translation),
        ...compareLoads(hopwise.rejects, refused),
      ];
      const answers: Answer[] = [];
      for (const request of refused.length > 0 ? [] : scenario.requests) {
        const address = listenAddress(surroundings, gateways.indexOf(request.gateway));
        const answer = await askEnvoy(address, listenPort(request.port), request);
        answers.push(answer);
        disagreements.push(...compareAnswers(request, hopwise.ask(request), answer));
      }
      return { disagreements, answers, refused };
    },
    stop: async () => {
      await envoy.stop();
      await echo.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function gatewaysOf(objects: readonly JsonObject[]): readonly string[] {
  return objects.flatMap(({ kind, metadata }) => {
    const { namespace, name } = metadata as JsonObject;
    return kind === 'Gateway' ? [`${namespace}/${name}`] : [];
  });
}
