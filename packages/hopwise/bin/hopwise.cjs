#!/usr/bin/env node
// CommonJS because it starts quicker; see tools/build/bundle.ts.
const [major] = process.versions.node.split('.');
if (Number(major) < 22) {
  console.error(`hopwise needs Node 22 or newer; this is ${process.version} (${process.execPath}).`);
  process.exit(2);
}
// Keeps compiled code between runs, which halves the start-up time of the second one.
require('node:module').enableCompileCache?.();
require('../dist/cli.cjs').runProcess();
