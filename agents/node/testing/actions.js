'use strict';

const http = require('node:http');

/**
 * A service that does one thing for each path and answers with its result as JSON; it prints its port.
 * @param {Record<string, () => unknown>} actions by the path without its slash
 */
function serveActions(actions) {
  const server = http.createServer(async (request, response) => {
    const action = actions[request.url.slice(1)];
    const answer = await new Promise((resolve) => resolve(action()))
      .then((value) => ({ value }))
      .catch((error) => ({ error: described(error) }));
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

/** What a service can see of an error. */
function described(error) {
  return { type: error.constructor.name, code: error.code, message: error.message };
}

/** Arguments of a callback as it can see them, its `this` included. */
function seen(self, ...values) {
  const plain = values.map((value) => (value instanceof Error ? described(value) : typeof value));
  return { self: self?.constructor?.name, values: plain };
}

/** What can be seen of a method from outside. */
function shape(owner, name) {
  const { value, ...rest } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  return { ...rest, name: value?.name, length: value?.length };
}

/** Rejections and exceptions that nobody handled while `run` was at work. */
async function unhandled(run) {
  const caught = [];
  const keep = (error) => caught.push(described(error));
  process.on('unhandledRejection', keep).on('uncaughtException', keep);
  await run();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  process.off('unhandledRejection', keep).off('uncaughtException', keep);
  return caught;
}

module.exports = { described, seen, serveActions, shape, unhandled };
