// The app answers, but with HTTP that the proxy must refuse: duplicate or conflicting framing headers, a malformed header, a
// body shorter than promised. The app logs 200, the client gets 502.
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { answeredByOwnAccount } from '../../../trace/app-account.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Malformed extends Fact {
  readonly phrase: string;
}

export default defineCheck<Malformed>({
  cause: 'invalid-upstream-response',
  reads: ['Pod', 'Deployment', 'StatefulSet'],
  since: '0.1.0',
  explains: ['app-returned-error'],
  *find({ trace, seen, model }) {
    const mode = observedMode(seen, 'invalid-response');
    const pod = podsOnPath(trace)[0];
    if (mode === undefined || pod === undefined || !seen.failing) return;
    const evidence: Evidence[] = [mode.evidence];
    const account = answeredByOwnAccount(seen);
    if (account !== undefined) evidence.push(logEvidence(account, 'the app itself logged a good answer for such a request'));
    const phrase = mode.evidence.type === 'log' ? mode.evidence.text : 'malformed response';
    yield { object: model.controllerOf(pod), certainty: 'proven', modes: ['invalid-response'], evidence, phrase };
  },
  describe: ({ object, phrase }) => ({
    headline: `${displayId(object)} sends malformed HTTP`.slice(0, 80),
    why: `The gateway refuses the response: ${phrase.slice(0, 140)}.`,
    chain: ['the app answers with malformed HTTP', phrase.slice(0, 100), 'the gateway discards the response and answers 502'],
  }),
  fix: ({ phrase }) => ({ summary: advice(phrase), level: 'advice', patches: [], commands: [] }),
  prove: ({ object }) => [{ command: `kubectl port-forward -n ${object.split('/')[1]} ${object.split('/')[0]?.toLowerCase()}/${object.split('/')[2]} 8080:PORT & curl -sv --raw http://localhost:8080/PATH | head -40`, expect: 'the malformed header or framing in the raw response' }],
});

function advice(phrase: string): string {
  if (/duplicate header line: "?transfer-encoding/i.test(phrase)) return 'Send Transfer-Encoding once: do not copy hop-by-hop headers from another server’s response';
  if (/duplicate header line/i.test(phrase)) return 'Send the header once';
  if (/content-length/i.test(phrase)) return 'Make Content-Length and the body agree, and never send it with Transfer-Encoding';
  return 'Mend the response in the application: the proxy’s phrase says what is wrong';
}
