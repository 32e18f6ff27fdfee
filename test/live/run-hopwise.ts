import { runProcess } from '../../packages/hopwise/src/cli/main.ts';

// The program itself, from its sources, as a process of its own.
await runProcess();
