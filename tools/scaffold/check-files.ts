import { type CauseId, causeFacts } from '../../packages/hopwise/src/checks/causes.ts';

/**
 * The files of a new check: they compile, and the tests fail where the author has to say something, so that a check cannot
 * be finished by accident.
 */
export function writeCheckFiles(cause: CauseId): ReadonlyMap<string, string> {
  return new Map([
    ['check.ts', writeCheck(cause)],
    ['check.test.ts', TEST],
    ['explain.md', writePage(cause)],
    ['cases/broken.yaml', writeBrokenCase(cause)],
    ['cases/fine.yaml', FINE_CASE],
  ]);
}

function writeCheck(cause: CauseId): string {
  const { means } = causeFacts(cause);
  return `// The situation: ${means}.
// How it becomes a 502 or 504: (say which hop does what, in one sentence).
import { displayId } from '../../../base/object-id.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

export default defineCheck<Fact>({
  cause: '${cause}',
  reads: ['Service'],
  since: '0.1.0',
  explains: [],
  *find({ trace }) {
    // The cheap exit first; then early returns, each with the reason why it is not a fault.
    if (trace.inCluster) return;
    for (const path of trace.backends) {
      // An unknown look-up is no finding: what could not be seen is named among the unknowns by the trace.
      if (path.service.state !== 'found') continue;
    }
  },
  describe: ({ object }) => ({
    headline: \`\${displayId(object)} …\`,
    why: '',
    chain: [],
  }),
});
`;
}

const TEST = `import { runCases } from '../../../../../../test/kit/cases.ts';

runCases(import.meta.dirname);
`;

function writePage(cause: CauseId): string {
  const { means } = causeFacts(cause);
  return `# ${cause}

## What it means

${means.charAt(0).toUpperCase()}${means.slice(1)}.

## Why it ends in 502/504

## How hopwise decides

## Fix

\`\`\`yaml broken
# ask GET https://shop.example.com/
\`\`\`

\`\`\`yaml fixed
# ask GET https://shop.example.com/
\`\`\`

## When this is fine

## References
`;
}

function writeBrokenCase(cause: CauseId): string {
  return `# The smallest capture in which this cause is the answer. Replace the objects; test/kit/cases.ts describes the comments.
# ask GET https://shop.example.com/ status 502
# want ${cause} Service/shop/web verified
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
`;
}

const FINE_CASE = `# What looks alike and is no fault: the objects a naive check would blame.
# ask GET https://shop.example.com/
# want nothing
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
`;
