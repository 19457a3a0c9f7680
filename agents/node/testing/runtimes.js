'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');

const OTHERS = ['node22', 'node24', 'node26'];

/**
 * The Node.js that runs the tests, and the others that the packages of the tests bring along.
 * @returns {{version: string, execPath: string}[]} each version once
 */
function allRuntimes() {
  const others = OTHERS.map((name) => path.resolve(__dirname, `../node_modules/${name}/bin/node`));
  const versions = [process.execPath, ...others].map((execPath) => {
    const version = execFileSync(execPath, ['--version'], { encoding: 'utf8' }).trim();
    return [version, { version, execPath }];
  });
  return [...new Map(versions).values()];
}

module.exports = { allRuntimes };
