'use strict';

// One answer out of several services, as a GraphQL gateway gives: product, stock and reviews are asked for at once.

const { Pool } = require('undici');
const { application, listen } = require('../../apps/lib/service');

const sources = Object.fromEntries(
  ['CATALOGUE', 'REVIEWS'].map((name) => [name.toLowerCase(), new Pool(process.env[name], { connections: 128 })]),
);

async function field(source, path) {
  const { body } = await sources[source].request({ method: 'GET', path });
  return body.json();
}

const app = application();
app.get('/graph/products/:id', async (request, response) => {
  const { id } = request.params;
  const [product, stock, reviews] = await Promise.all([
    field('catalogue', `/product/${id}`),
    field('catalogue', `/stock/${id}`),
    field('reviews', `/reviews/${id}`),
  ]);
  response.json({ data: { product, stock, reviews } });
});
listen(app);
