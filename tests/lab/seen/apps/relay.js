'use strict';

// Relays webhooks: takes an event, says 202, and delivers it afterwards, with retries. With WAITS=1 it answers only once the
// receiver has answered. What could not be delivered at once is written to a spool file.

const fs = require('node:fs');
const path = require('node:path');
const { Agent, request: ask } = require('undici');
const { application, listen } = require('../../apps/lib/service');
const { knob } = require('../../apps/lib/knobs');

const dispatcher = new Agent({ connections: 100, headersTimeout: 8000 });
const spool = process.env.SPOOL;
let number = 0;
let pending = 0;

async function attempt(event) {
  const { statusCode, body } = await ask(process.env.RECEIVER, { method: 'POST', body: event, dispatcher });
  await body.dump();
  if (statusCode >= 500) throw new Error(`The receiver said ${statusCode}.`);
}

async function deliver(event) {
  pending += 1;
  try {
    for (let tries = 0; tries < 4; tries += 1) {
      const isDone = await attempt(event).then(() => true, () => false);
      if (isDone) return;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** tries));
    }
  } finally {
    pending -= 1;
  }
}

/** Each event goes to a journal of its own until it is delivered. With the fault, the journal stays open. */
async function journalled(event) {
  number += 1;
  const file = path.join(spool, `event-${number % 100}`);
  const descriptor = await new Promise((resolve, reject) => {
    fs.open(file, 'w', (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  await deliver(event);
  if (Math.random() >= knob('forgets', 0)) fs.close(descriptor, () => {});
}

const app = application();
app.post('/events', (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const event = Buffer.concat(chunks);
    if (!process.env.WAITS) {
      response.status(202).json({ pending });
      return deliver(event);
    }
    try {
      await journalled(event);
      return response.status(201).end();
    } catch {
      return response.status(503).end();
    }
  });
});
listen(app);
