'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { attributesOf, blamed, place } = require('../lib/place');

const frame = (url, line = 1, name = 'work') => ({ name, url, line });
const OWN = frame('file:///srv/app/server.js', 12, 'render');
const NODE = frame('node:internal/crypto/pbkdf2', 62, 'pbkdf2Sync');
const NATIVE = frame('');
const inPackage = (name, line) => frame(`file:///srv/app/node_modules/${name}/index.js`, line, name);

test('what Node.js itself does is the work of who asked for it', () => {
  assert.equal(blamed([NATIVE, NODE, OWN]), OWN);
});

test('a package that works for the service is named by the line that called it', () => {
  assert.equal(blamed([inPackage('bcryptjs', 9), inPackage('bcryptjs', 4), OWN, inPackage('express')]), OWN);
  assert.equal(blamed([inPackage('@scope/slow', 9), OWN]), OWN);
});

test('a package that another package called is named itself: the service may be far away', () => {
  const parser = inPackage('body-parser', 7);
  assert.equal(blamed([parser, inPackage('express'), OWN]), parser);
});

test('a stack of Node.js alone names nobody', () => {
  assert.equal(blamed([NODE, NATIVE]), undefined);
  assert.deepEqual(attributesOf(undefined), {});
});

test('an address becomes a path, and a function without a name says so', () => {
  assert.deepEqual(attributesOf(frame('file:///srv/my%20app/server.js', 3, '')), {
    'code.function.name': '(anonymous)',
    'code.file.path': '/srv/my app/server.js',
    'code.line.number': 3,
  });
});

test('the text of a stack is read: plain, async and anonymous frames, and no frame at all', () => {
  const stack = `TypeError: no
    at Object.readFileSync (node:fs:441:20)
    at async Users.find (/srv/app/users.js:7:3)
    at /srv/app/server.js:9:1`;
  assert.deepEqual(place(stack), {
    'code.function.name': 'Users.find',
    'code.file.path': '/srv/app/users.js',
    'code.line.number': 7,
  });
  assert.equal(place('Error\n    at /srv/app/server.js:9:1')['code.line.number'], 9);
  assert.deepEqual(place('no stack'), {});
});
