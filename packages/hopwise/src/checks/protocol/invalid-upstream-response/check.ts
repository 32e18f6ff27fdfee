// The app answers, but with HTTP that the proxy must refuse: duplicate or conflicting framing headers, a malformed header, a
// body shorter than promised. The app logs 200, the client gets 502.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { answeredByOwnAccount } from '../../../trace/app-account.ts';
import { goodAnswer } from '../../../trace/backend-answers.ts';
import { directRequest } from '../../../trace/direct-request.ts';
import { quoted } from '../../../trace/handshake-fault.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath, resolvedBackends } from '../../../trace/path-queries.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Malformed extends Fact {
  readonly phrase: string;
}

/** Words of a proxy that name a header or its framing: no other protocol is spoken, the message itself is wrong. */
const NAMED =
  /header line|content-length|transfer-encoding|malformed MIME header|chunk|invalid (?:character in )?header/i;

export default defineCheck<Malformed>({
  cause: 'invalid-upstream-response',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Service', 'EndpointSlice'],
  since: '0.1.0',
  explains: ['app-returned-error', 'keepalive-idle-race'],
  *find(world) {
    const { trace, seen, model } = world;
    const mode = observedMode(seen, 'invalid-response', 'protocol-error');
    const pod = podsOnPath(trace)[0];
    if (mode === undefined || pod === undefined || !seen.failing) return;
    const named = NAMED.test(quoted(mode.evidence));
    // A protocol error is about one answer only when the same gateway and backend understand each other otherwise.
    const good = goodAnswer(world);
    if (mode.mode === 'protocol-error' && !named && good === undefined) return;
    const evidence: Evidence[] = [mode.evidence];
    const account = answeredByOwnAccount(seen);
    if (account !== undefined)
      evidence.push(logEvidence(account, 'the app itself logged a good answer for such a request'));
    if (good !== undefined) evidence.push(logEvidence(good, 'other answers of the same backend pass the gateway'));
    const phrase = mode.evidence.type === 'log' ? mode.evidence.text : 'malformed response';
    const certainty =
      named || account !== undefined ? 'proven' : mode.mode === 'invalid-response' ? 'strong' : 'likely';
    yield {
      object: model.controllerOf(pod),
      certainty,
      modes: ['invalid-response', 'protocol-error'],
      evidence,
      phrase,
    };
  },
  describe: ({ object, phrase }) => ({
    headline: `${displayId(object)} sends malformed HTTP`,
    why: `The gateway refuses the response: ${phrase.slice(0, 140)}.`,
    chain: [
      'the app answers with malformed HTTP',
      phrase.slice(0, 100),
      'the gateway discards the response and answers 502',
    ],
  }),
  fix: ({ object, phrase }) => ({
    summary: advice(phrase),
    level: 'advice',
    patches: [],
    commands: [`kubectl rollout history ${kubectlName(object)}   # what changed when it began`],
  }),
  prove(_, { trace }) {
    const backend = resolvedBackends(trace)[0];
    if (backend === undefined) return [];
    const flags = ['-sv', '--raw', '--http1.1'];
    return [
      {
        command: directRequest(trace, backend.service, backend.port, { scheme: 'http', flags }),
        expect: 'the malformed header or framing in the raw response',
      },
    ];
  },
});

function advice(phrase: string): string {
  if (/duplicate header line: "?transfer-encoding/i.test(phrase))
    return 'Send Transfer-Encoding once: do not copy hop-by-hop headers from another server’s response';
  if (/duplicate header line/i.test(phrase)) return 'Send the header once';
  if (/content-length|transfer-encoding/i.test(phrase))
    return 'Make Content-Length and the body agree, and never send it with Transfer-Encoding';
  if (/header/i.test(phrase)) return 'Send headers as `Name: value`, with no spaces or line breaks in names and values';
  return 'Mend the response in the application: the proxy’s phrase says what is wrong';
}
