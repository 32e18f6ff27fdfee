#!/usr/bin/env node
// CommonJS because it starts quicker; see tools/build/bundle.ts.
const [major] = process.versions.node.split('.');
if (Number(major) < 22) {
  console.error(`hopwise needs Node 22 or newer; this is ${process.version} (${process.execPath}).`);
  process.exit(2);
}
const { join } = require('node:path');
const { loadWithCode } = require('./code-cache.cjs');
// Commands that people wait for; the others share what they leave.
const use = /^(?:diagnose|trace|scan|capture|__complete)$/.exec(process.argv[2])?.[0] ?? 'other';
loadWithCode(join(__dirname, '..', 'dist', 'cli.cjs'), use).runProcess();
