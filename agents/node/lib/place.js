'use strict';

// Where in the code something happened, as attributes of the semantic conventions.

const { fileURLToPath } = require('node:url');

/**
 * @typedef {{name: string, url: string, line: number}} Frame a call, the line from 1
 */

/**
 * The frame to name of a stack, innermost first: the first that is not Node.js itself; but where a package does the
 * work for the service, the line of the service that called it.
 * @param {Frame[]} frames
 */
function blamed(frames) {
  const own = frames.filter(({ url }) => url !== '' && !url.startsWith('node:') && !url.startsWith('evalmachine'));
  const [first] = own;
  const inner = first && packageOf(first.url);
  if (inner === undefined) return first;
  const caller = own.find(({ url }) => packageOf(url) !== inner);
  return caller !== undefined && packageOf(caller.url) === undefined ? caller : first;
}

function packageOf(url) {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
}

/** @param {Frame | undefined} frame */
function attributesOf(frame) {
  if (frame === undefined) return {};
  return {
    'code.function.name': frame.name || '(anonymous)',
    'code.file.path': pathOf(frame.url),
    'code.line.number': frame.line,
  };
}

function pathOf(url) {
  if (!url.startsWith('file:')) return url;
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

/** The attributes of the frame to name in the text of `error.stack`. */
function place(stack) {
  const frames = [];
  for (const line of stack.split('\n')) {
    const found = /^ +at (?:(.+?) \()?(?:async )?(.+?):(\d+):\d+\)?$/.exec(line);
    if (found) frames.push({ name: (found[1] ?? '').replace(/^async /, ''), url: found[2], line: Number(found[3]) });
  }
  return attributesOf(blamed(frames));
}

module.exports = { attributesOf, blamed, place };
