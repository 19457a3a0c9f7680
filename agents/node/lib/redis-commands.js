'use strict';

// What a client says on its own, and what waits for others by design: neither tells how fast the server is.
const HANDSHAKE = ['auth', 'client', 'hello', 'info', 'quit', 'readonly', 'select'];
const LISTENING = ['monitor', 'psubscribe', 'ssubscribe', 'subscribe', 'wait', 'waitaof'];
const BLOCKING = ['blmove', 'blmpop', 'blpop', 'brpop', 'brpoplpush', 'bzmpop', 'bzpopmax', 'bzpopmin'];
const UNMEASURED = new Set([...HANDSHAKE, ...LISTENING, ...BLOCKING]);

// These wait only where they are told to.
const MAY_BLOCK = new Set(['xread', 'xreadgroup']);

/**
 * Whether the time that a Redis command takes counts.
 * @param {string | Buffer} name
 * @param {unknown[]} args its arguments
 */
function isMeasured(name, args) {
  const command = String(name).toLowerCase();
  if (MAY_BLOCK.has(command)) return !args.some((word) => /^block$/i.test(String(word)));
  return !UNMEASURED.has(command);
}

module.exports = { isMeasured };
