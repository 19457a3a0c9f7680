'use strict';

// As many exports as an hour has, with nobody to take them; says whether what is kept stays within its bound.
const probe = require('../..');

const EXPORTS = 360;
const KEPT = 1024 * 1024;
const OVERHEAD = 3 * KEPT;

async function main() {
  if (probe === undefined) return console.log('bounded');
  for (let i = 0; i < EXPORTS / 10; i++) await probe.flush();
  const before = used();
  for (let i = 0; i < EXPORTS; i++) await probe.flush();
  const grown = used() - before;
  const isBounded = grown < OVERHEAD && probe.sender.bytes <= KEPT && probe.sender.waiting.length > EXPORTS;
  console.log(isBounded ? 'bounded' : `grew by ${grown}, keeps ${probe.sender.bytes}`);
}

function used() {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

main();
