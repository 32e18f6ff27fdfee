#!/usr/bin/env node
import module from 'node:module';

const [major] = process.versions.node.split('.');
if (Number(major) < 22) {
  console.error(`hopwise needs Node 22 or newer; this is ${process.version} (${process.execPath}).`);
  process.exit(2);
}
// Keeps compiled code between runs, which halves the start-up time of the second one.
module.enableCompileCache?.();
const { runProcess } = await import('../dist/cli.js');
await runProcess();
