'use strict';

const PARTS = ['request', 'idle', 'startup', 'attribution'];

/**
 * What a run does, from the environment and the command line. A quick run shows that everything works;
 * its figures prove nothing.
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 * @throws {Error} saying which option is wrong and what it should be
 */
function readOptions(env, args) {
  const quick = Boolean(env.QUICK);
  return {
    quick,
    parts: readParts(env.PARTS),
    file: readFile(args),
    rounds: readCount(env, 'ROUNDS', quick ? 3 : 10),
    starts: readCount(env, 'STARTS', quick ? 5 : 20),
    // Seconds. A fresh process still collects garbage and compiles for a while.
    settle: readCount(env, 'SETTLE', quick ? 5 : 25),
    window: readCount(env, 'WINDOW', quick ? 10 : 60),
    windows: readCount(env, 'WINDOWS', quick ? 1 : 2),
    // How many of a run's requests are sent.
    share: quick ? 0.2 : 1,
  };
}

function readParts(text) {
  const parts = text ? text.split(',') : PARTS;
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new Error(`PARTS has "${unknown}"; it takes some of ${PARTS.join(',')}`);
  return parts;
}

function readFile(args) {
  if (args.length === 0) return undefined;
  if (args.length !== 2 || args[0] !== '--write') throw new Error('The one option is --write FILE');
  return args[1];
}

function readCount(env, name, otherwise) {
  const count = Number(env[name] || otherwise);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${name} is "${env[name]}"; set it to a whole number from 1`);
  return count;
}

module.exports = { readOptions };
