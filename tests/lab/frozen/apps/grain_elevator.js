'use strict';

// Deliveries to a grain elevator: lorries are taken in at once, prices come from the exchange, and now and then the
// clerk asks for the ledger, which is written out and packed in one synchronous go.

const http = require('node:http');
const zlib = require('node:zlib');
const { application, listen } = require('../../apps/lib/service');

const agent = new http.Agent({ keepAlive: true });
const grains = ['wheat', 'rye', 'barley', 'oats', 'maize'];
const ledger = Array.from({ length: 220000 }, (_, id) => ({
  id,
  grain: grains[id % 5],
  farmer: `farm ${(id * 7919) % 1213}`,
  tonnes: ((id * 31) % 270) / 10,
  moisture: 12 + ((id * 17) % 40) / 10,
}));

function price(grain) {
  return new Promise((resolve, reject) => {
    const request = http.get(`${process.env.EXCHANGE}/price/${grain}`, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    request.on('error', reject);
  });
}

const app = application();
app.post('/deliveries/:lorry', (request, response) => {
  const lorry = Number(request.params.lorry);
  response.status(201).json({ lorry, silo: lorry % 8 });
});
app.get('/prices/:n', async (request, response) => {
  const grain = grains[Number(request.params.n) % 5];
  const status = await price(grain).catch(() => 502);
  response.status(status).json({ grain });
});
app.get('/ledger', (request, response) => {
  const lines = ledger.map((row) => Object.values(row).join(';'));
  const packed = zlib.gzipSync(lines.join('\n'), { level: 9 });
  response.type('application/gzip').send(packed);
});
listen(app);
