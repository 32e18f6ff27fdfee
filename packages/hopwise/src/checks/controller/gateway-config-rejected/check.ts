// The controller cannot load the configuration it generated because one object in it is invalid, or leaves that object out.
// The proxy keeps the last good configuration: new Pods, routes and certificates are missing until the object is mended.
import { pointerOf } from '../../../base/json-pointer.ts';
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId } from '../../../base/object-id.ts';
import type { FailureMode } from '../../../sources/failure.ts';
import { type ConfigRefusal, configRefusal } from '../../../trace/refused-config.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Rejected extends Fact {
  readonly refusal: ConfigRefusal;
}

export default defineCheck<Rejected>({
  cause: 'gateway-config-rejected',
  reads: ['Event', 'Ingress', 'ConfigMap', 'Pod'],
  since: '0.1.0',
  explains: [
    'gateway-config-stale',
    'stale-endpoints',
    'path-not-matched',
    'host-not-matched',
    'path-shadowed',
    'no-ready-endpoints',
    'edge-targets-missing',
  ],
  latent: true,
  *find(world) {
    const refusal = world.trace.inCluster ? undefined : configRefusal(world);
    if (refusal === undefined) return;
    const { object, evidence, sureness, alone } = refusal;
    yield { object, certainty: sureness, modes: alone ? LEFT_OUT : OLD, evidence, refusal };
  },
  describe: ({ object, refusal: { alone, why } }) => ({
    headline: alone
      ? `The controller leaves out ${displayId(object)}`
      : `${displayId(object)} makes the gateway refuse its configuration`,
    why: alone
      ? `The controller does not load ${displayId(object)}: ${why.slice(0, 160)}.`
      : `The controller cannot apply its configuration (${why.slice(0, 140)}), so the proxy keeps an old one.`,
    chain: alone
      ? [why.slice(0, 120), 'its rules are in no configuration', 'the request is answered as if they did not exist']
      : [
          `${displayId(object)}: ${why.slice(0, 100)}`,
          'every new configuration is refused as a whole',
          'the proxy keeps the last good one',
          'it sends to Pods that are gone, or lacks the route',
        ],
  }),
  fix({ object, refusal: { field, why } }) {
    const annotation = field?.startsWith('metadata.annotations') === true ? pointerOf(field) : undefined;
    if (annotation === undefined)
      return {
        summary: `Mend or remove ${displayId(object)}: ${why.slice(0, 120)}`,
        level: 'advice',
        patches: [],
        commands: [`kubectl edit ${kubectlName(object)}`],
      };
    const path = field ?? '';
    return {
      summary: `Mend ${path.slice(path.indexOf('["') + 2, -2)} of ${displayId(object)}, or take it out`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [{ op: 'remove', path: annotation }] }],
      commands: [],
    };
  },
  prove: ({ object }, { trace }) => {
    const pod = trace.gateway?.pods.state === 'found' ? trace.gateway.pods.value[0] : undefined;
    const look = {
      command: `kubectl describe ${kubectlName(object)}`,
      expect: 'the field at fault, and the event with the reason if there is one',
    };
    if (pod === undefined) return [look];
    const name = `${pod.name} -n ${pod.namespace}`;
    return [
      look,
      {
        command: `kubectl logs ${name} --tail=500 | grep -iE 'emerg|reject|invalid|fail'`,
        expect: 'the same complaint at every change',
      },
    ];
  },
});

/** How requests fail when only their own route is missing. */
const LEFT_OUT: readonly FailureMode[] = ['no-route', 'wrong-backend', 'passed-on'];
/** How they fail when the proxy goes on with what it had. */
const OLD: readonly FailureMode[] = [
  'refused',
  'no-route-to-host',
  'connect-timeout',
  'no-route',
  'no-endpoints',
  'wrong-backend',
  'no-live-endpoint',
];
