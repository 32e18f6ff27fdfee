import { objectId } from '../../base/object-id.ts';
import type { CauseDocument, DiagnosisDocument } from '../diagnosis.ts';
import { FAILING } from './failing.ts';

const ADVICE = { level: 'advice', patches: [], commands: [], verified: false, verification: '' } as const;

const OTHERS: readonly CauseDocument[] = [
  {
    id: 'node-network-broken',
    confidence: 0.12,
    hop: 'network',
    object: objectId('Node', '', 'kind-worker'),
    summary: 'Node kind-worker may drop traffic from other nodes',
    why: 'The only endpoint is on it.',
    chain: [],
    evidence: [],
    against: [],
    fix: { ...ADVICE, summary: 'Check the CNI agent on kind-worker' },
    prove: [],
  },
  {
    id: 'app-overloaded',
    confidence: 0.03,
    hop: 'app',
    object: objectId('Deployment', 'files', 'files-web'),
    summary:
      'Deployment files/files-web may be too slow to accept connections while its background jobs run every five minutes',
    why: 'Connect timeouts fit a full accept queue as well.',
    chain: [],
    evidence: [],
    against: [],
    fix: { ...ADVICE, summary: 'Give it more replicas' },
    prove: [],
  },
];

/** One certain cause and two that cannot be ruled out. */
export const SEVERAL_CAUSES: DiagnosisDocument = { ...FAILING, causes: [...FAILING.causes, ...OTHERS] };
