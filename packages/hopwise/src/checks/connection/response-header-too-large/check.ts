// The response header (often big cookies after a login) does not fit into the proxy's buffer. The app answered well; the
// proxy throws the response away and answers 502.
import { displayId, idOf, type ObjectId, splitId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { answeredByOwnAccount } from '../../../trace/app-account.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface TooLarge extends Fact {
  readonly limit: number | undefined;
  readonly controller: string;
  readonly behindApp: boolean;
}

export default defineCheck<TooLarge>({
  cause: 'response-header-too-large',
  reads: ['Ingress', 'ConfigMap', 'Pod', 'Deployment'],
  since: '0.1.0',
  explains: ['app-returned-error', 'invalid-upstream-response'],
  *find({ trace, seen, model }) {
    if (!seen.failing) return;
    const atGateway = observedMode(seen, 'header-too-large');
    const behind = seen.modes.find((mode) => mode.reporter === 'app' && mode.mode === 'header-too-large');
    const mode = atGateway ?? behind;
    if (mode === undefined) return;
    const setting = trace.rule?.settings.responseHeaderLimit;
    const evidence: Evidence[] = [mode.evidence];
    const account = answeredByOwnAccount(seen);
    if (account !== undefined) evidence.push(logEvidence(account, 'the app itself logged a good answer'));
    const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
    if (atGateway !== undefined && setting !== undefined) evidence.push(setting.from.kind === 'field' ? { type: 'field', text: `the buffer is ${setting.value} bytes`, object: setting.from.object, path: setting.from.path, value: String(setting.value) } : route === undefined ? { type: 'timing', text: `the buffer is the default, ${setting.value} bytes` } : citeField(route, 'metadata.annotations', `no buffer size is set: the default is ${setting.value} bytes`));
    const pod = podsOnPath(trace)[0];
    const object: ObjectId | undefined = atGateway === undefined ? (pod === undefined ? undefined : model.controllerOf(pod)) : (trace.rule?.object ?? (pod === undefined ? undefined : idOf(pod)));
    if (object === undefined) return;
    yield { object, certainty: 'proven', modes: ['header-too-large'], evidence, limit: setting?.value, controller: trace.gateway?.controller ?? '', behindApp: atGateway === undefined };
  },
  describe: ({ object, limit }) => ({
    headline: `${displayId(object)}: the response header exceeds the proxy buffer`.slice(0, 80),
    why: `The backend's response header does not fit into the proxy's buffer${limit === undefined ? '' : ` of ${limit} bytes`}.`,
    chain: ['the app answers with a large header (cookies, tokens)', `it exceeds the buffer${limit === undefined ? '' : ` of ${limit} bytes`}`, 'the proxy discards the response and answers 502'],
  }),
  fix({ object, controller, limit, behindApp }) {
    const wanted = Math.max(16384, (limit ?? 4096) * 2);
    const key = /nginx\.org/.test(controller) ? 'nginx.org/proxy-buffer-size' : /ingress-nginx/.test(controller) ? 'nginx.ingress.kubernetes.io/proxy-buffer-size' : undefined;
    if (key === undefined || behindApp || splitId(object).kind !== 'Ingress') return { summary: 'Raise the response header buffer of the proxy, or send smaller cookies', level: 'advice', patches: [], commands: [] };
    return {
      summary: `Raise ${key} on ${displayId(object)} to ${wanted / 1024}k`,
      level: 'safe',
      patches: [{ object, type: 'merge', patch: { metadata: { annotations: { [key]: `${wanted / 1024}k` } } } }],
      commands: [],
      wanted: (after) => after.trace.gateway?.approximate === true || (after.trace.rule?.settings.responseHeaderLimit?.value ?? 0) >= wanted,
    };
  },
  prove: () => [{ command: 'kubectl port-forward svc/SERVICE 8080:PORT & curl -so /dev/null -D - http://localhost:8080/PATH | wc -c', expect: 'more bytes than the buffer' }],
});
