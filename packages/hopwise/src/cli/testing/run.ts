import { runProcess } from '../main.ts';

// What bin/hopwise.js does, from the sources: for tests that spawn the program.
await runProcess();
