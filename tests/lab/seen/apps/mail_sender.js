'use strict';

// Sends mails: each has a spool file, and a session with the exchanger that stays open for `session_s` after it.

const fs = require('node:fs');
const net = require('node:net');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { rest } = require('../../apps/lib/work');

const HELLO = 'GET /session HTTP/1.1\r\nHost: exchanger\r\nConnection: Upgrade\r\nUpgrade: mail\r\n\r\n';

function session() {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(process.env.EXCHANGER), '127.0.0.1');
    socket.once('data', () => resolve(socket));
    socket.on('error', reject);
    socket.write(HELLO);
  });
}

/** The spool file is kept until the session ends, should the exchanger say that the mail came to nothing. */
async function keep(file, socket) {
  await rest(knob('session_s', 4) * 1000);
  fs.closeSync(file);
  socket.destroy();
}

async function send(number) {
  const file = fs.openSync(__filename, 'r');
  try {
    const socket = await session();
    socket.write(`MAIL ${number}\r\n`);
    keep(file, socket);
  } catch (error) {
    fs.closeSync(file);
    throw error;
  }
}

/** A bounce says to whom the mail went; an old exchanger leaves that out. */
async function bounce(mail) {
  await rest(5);
  return mail.recipient.toLowerCase();
}

const app = application();
app.get('/send/:number', async (request, response) => {
  try {
    await send(request.params.number);
    response.status(202).send('sent');
  } catch (error) {
    response.status(503).send(error.code);
  }
});
app.get('/bounce', (request, response) => {
  bounce({ recipient: request.query.recipient });
  response.status(202).send('noted');
});
listen(app);
