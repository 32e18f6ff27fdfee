'use strict';
// Runs a CommonJS file with the code that V8 compiled of it in an earlier run.
//
// Node's own compile cache keeps what is compiled while a file is loaded; functions are compiled later, when they are first
// called, and that is most of what a short run spends its time on. So the code is taken once more at the end of a run, when
// all that was needed is there, and kept where Node keeps its cache: NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE hold
// for both.
const { randomUUID } = require('node:crypto');
const { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { cachedDataVersionTag } = require('node:v8');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/** Exports of the file, which must not use `import()`. `use` tells runs apart that need different parts of it; any failure of the cache only costs time. */
function loadWithCode(file, use) {
  const { directory } = Module.enableCompileCache?.() ?? {};
  if (directory === undefined || crc32 === undefined) return require(file);
  const source = readFileSync(file);
  const parts = [cachedDataVersionTag(), crc32(source), source.length].map((number) => number.toString(36));
  const place = join(directory, `hopwise-${parts.join('-')}-${use}.code`);
  const cachedData = readOwn(place);
  const script = new Script(Module.wrap(source.toString()), {
    filename: file,
    cachedData,
  });
  if (cachedData === undefined || script.cachedDataRejected === true) process.once('exit', () => keep(script, place));
  const module = { exports: {} };
  script.runInThisContext()(module.exports, Module.createRequire(file), module, file, dirname(file));
  return module.exports;
}

/** V8 runs what it is given: only a plain file that nobody else can have written will do. */
function readOwn(place) {
  let descriptor;
  try {
    descriptor = openSync(place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const { mode, uid } = fstatSync(descriptor);
    const own = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return own && (mode & constants.S_IFMT) === constants.S_IFREG ? readFileSync(descriptor) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function keep(script, place) {
  try {
    const unfinished = `${place}.${randomUUID()}`;
    writeFileSync(unfinished, script.createCachedData(), { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, place);
  } catch {
    // A full or read-only disk: the next run is as slow as this one.
  }
}

module.exports = { loadWithCode };
