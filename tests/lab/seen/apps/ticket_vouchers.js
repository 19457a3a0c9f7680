'use strict';

// A ticket shop: seats are looked at, and gift vouchers are sealed with a costly key; `seal` says how it is derived.

const crypto = require('node:crypto');
const { promisify } = require('node:util');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const scrypt = promisify(crypto.scrypt);
const COST = { N: 2 ** 15, r: 8, p: knob('rounds', 4), maxmem: 128 * 1024 * 1024 };
const rows = Array.from({ length: 30 }, (_, row) => Array.from({ length: 24 }, (__, seat) => ({ row, seat })));

function seats(show) {
  return rows.map((row) => row.map((seat) => ({ ...seat, taken: (seat.row * seat.seat + show) % 3 === 0 })));
}

const SEALS = {
  sync: async (code, salt) => crypto.scryptSync(code, salt, 32, COST),
  async: (code, salt) => scrypt(code, salt, 32, COST),
};

const app = application();
app.get('/seats/:show', (request, response) => response.json(seats(Number(request.params.show))));
app.get('/voucher', async (request, response) => {
  const code = crypto.randomBytes(12).toString('hex');
  const key = await SEALS[knob('seal', 'sync')](code, crypto.randomBytes(16));
  response.json({ code, seal: crypto.createHmac('sha256', key).update(code).digest('hex') });
});
listen(app);
