'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterEach, beforeEach, test } = require('node:test');
const libraries = require('../lib/libraries');

const LOOK = JSON.stringify(require.resolve('../lib/libraries'));
const APPLICATION = 'module.exports = class { createContext(request, response) { return { request, response } } };';

let home;

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'libraries-'));
});
afterEach(() => {
  libraries.stop();
  fs.rmSync(home, { recursive: true });
});

/** Loads a package of which one file is known here, from a folder as package managers make them. */
function load(folder, source) {
  const file = path.join(home, folder, 'lib', 'application.js');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, source);
  return require(file);
}

const methodOf = ({ prototype }) => prototype.createContext;

const PNPM = 'node_modules/.pnpm/koa@3.0.0/node_modules/koa';
const NESTED = 'node_modules/a/node_modules/koa';

for (const folder of ['node_modules/koa', PNPM, NESTED]) {
  test(`a library in ${folder} is found, and left as it was at the end`, () => {
    const Application = load(folder, APPLICATION);
    const original = methodOf(Application);
    libraries.look();
    assert.notEqual(methodOf(Application), original);
    assert.deepEqual(new Application().createContext('in', 'out'), { request: 'in', response: 'out' });
    libraries.stop();
    assert.equal(methodOf(Application), original);
  });
}

test('a library that is loaded later is found at the next look', () => {
  libraries.look();
  const Application = load('node_modules/koa', APPLICATION);
  const original = methodOf(Application);
  libraries.look();
  assert.notEqual(methodOf(Application), original);
});

test('each copy is watched once, however often is looked', () => {
  const copies = ['node_modules/koa', NESTED].map((folder) => load(folder, APPLICATION));
  libraries.look();
  const watched = copies.map(methodOf);
  load('node_modules/other', '');
  libraries.look();
  assert.deepEqual(copies.map(methodOf), watched);
  assert.notEqual(watched[0], watched[1]);
});

test('a library that is still at its first lines is found once it is there', () => {
  const Application = load('node_modules/koa', `require(${LOOK}).look(); ${APPLICATION}`);
  const original = methodOf(Application);
  libraries.look();
  assert.notEqual(methodOf(Application), original);
});

test('a frozen library, one of another shape and a file of the service with such a name are left alone', () => {
  const frozen = load('node_modules/koa', `${APPLICATION} Object.freeze(module.exports.prototype);`);
  const own = load('src/koa', APPLICATION);
  const originals = [frozen, own].map(methodOf);
  load(NESTED, 'module.exports = undefined;');
  load('node_modules/b/node_modules/koa', 'module.exports = class {};');
  libraries.look();
  assert.deepEqual([frozen, own].map(methodOf), originals);
});
