'use strict';

// Quotes prices for tenants. A tenant's rules are held by one process only, so its requests always go to that one.

const crypto = require('node:crypto');
const { application, listen } = require('../../apps/lib/service');

const rules = Array.from({ length: 400 }, (_, number) => ({ from: number * 10, factor: 1 - number / 1000, key: `k${number}` }));

function quote(tenant, rounds) {
  let price = 100;
  let seal = String(tenant);
  for (let round = 0; round < rounds; round += 1) {
    for (const { from, factor } of rules) if ((tenant * 31 + round) % 4000 >= from) price *= factor < 0.8 ? 1 : factor;
    seal = crypto.createHash('sha256').update(seal).update(JSON.stringify(rules.slice(0, 40))).digest('hex');
    price = 100 + (price % 10);
  }
  return { tenant, price, seal };
}

const app = application();
app.get('/quotes/:tenant', (request, response) => {
  response.json(quote(Number(request.params.tenant), Number(process.env.ROUNDS) || 300));
});
listen(app);
