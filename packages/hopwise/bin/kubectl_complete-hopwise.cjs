#!/usr/bin/env node
// kubectl (1.26 and later) runs this when Tab is pressed behind `kubectl hopwise`; the words so far are its arguments.
process.argv.splice(2, 0, '__complete');
require('./hopwise.cjs');
