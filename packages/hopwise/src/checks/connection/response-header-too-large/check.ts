// The response header (often big cookies after a login) does not fit into the proxy's buffer. The app answered well; the
// proxy throws the response away and answers 502.
import { valueOf } from '../../../base/lookup.ts';
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { answeredByOwnAccount } from '../../../trace/app-account.ts';
import { directRequest } from '../../../trace/direct-request.ts';
import { gatewayBuffer, type HeaderBuffer, nestedBuffer } from '../../../trace/header-buffer.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { ObservedMode } from '../../../trace/observed.ts';
import { observedBehindApp, observedMode, resolvedBackends } from '../../../trace/path-queries.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface TooLarge extends Fact {
  readonly buffer: HeaderBuffer;
}

export default defineCheck<TooLarge>({
  cause: 'response-header-too-large',
  reads: ['Ingress', 'HTTPRoute', 'ConfigMap', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Service'],
  since: '0.1.0',
  explains: ['app-returned-error', 'invalid-upstream-response'],
  *find(world) {
    const { seen } = world;
    if (!seen.failing) return;
    const atGateway = observedMode(seen, 'header-too-large');
    const behind = observedBehindApp(seen, 'header-too-large');
    const mode = atGateway ?? behind;
    const buffer = atGateway === undefined ? nestedBuffer(world) : gatewayBuffer(world);
    if (mode === undefined || buffer === undefined) return;
    const evidence: Evidence[] = [...buffer.evidence, mode.evidence];
    const account = answeredByOwnAccount(seen);
    if (account !== undefined) evidence.push(logEvidence(account, 'the app itself logged a good answer'));
    // A proxy that is none of the gateway's Pods said it: then it is not sure whose buffer it was.
    const unsure = atGateway === undefined ? buffer.unsure === true : !saidByGateway(world, atGateway);
    const certainty: Certainty = unsure ? 'likely' : 'proven';
    if (atGateway === undefined)
      yield {
        object: buffer.object,
        certainty,
        modes: ['header-too-large', 'passed-on'],
        hop: 'app',
        evidence,
        buffer,
      };
    else yield { object: buffer.object, certainty, modes: ['header-too-large'], evidence, buffer };
  },
  describe: ({ object, buffer: { limit } }) => {
    const size = limit === undefined ? '' : ` of ${limit} bytes`;
    return {
      headline: `${displayId(object)}: the response header exceeds the proxy buffer`,
      why: `The backend's response header does not fit into the proxy's buffer${size}.`,
      chain: [
        'the app answers with a large header (cookies, tokens)',
        `it exceeds the buffer${size}`,
        'the proxy discards the response and answers 502',
      ],
    };
  },
  fix: ({ object, buffer: { advice, patches, reached } }) => ({
    summary: `${advice} (${displayId(object)}), or send fewer and smaller cookies`,
    level: patches.length === 0 ? 'advice' : 'safe',
    patches,
    commands: [],
    wanted: reached,
  }),
  prove: ({ buffer: { limit } }, { trace }) => {
    const backend = resolvedBackends(trace)[0];
    if (backend === undefined) return [];
    const flags = ['-s', '-o', '/dev/null', '-w', '%{http_code} %{size_header}\\n'];
    return [
      {
        command: directRequest(trace, backend.service, backend.port, { scheme: 'http', flags }),
        expect: `a good status and a header of more than ${limit ?? 4096} bytes (ask with the cookies of a session that fails)`,
      },
    ];
  },
});

function saidByGateway({ trace }: World, { evidence }: ObservedMode): boolean {
  const pods = valueOf(trace.callers);
  if (evidence.type !== 'log') return true;
  return pods?.some((pod) => evidence.file.includes(`/${pod.namespace}/${pod.name}/`)) === true;
}
