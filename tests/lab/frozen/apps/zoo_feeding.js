'use strict';

// Feeding plans of a zoo, with a photograph of each animal. Plain HTTP. The photograph is opened before it is known
// whether only its headers are asked for, and the answer to HEAD never reads, and so never closes, it.

const fs = require('node:fs');
const path = require('node:path');
const http = require('node:http');
const { pipeline } = require('node:stream');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const FOLDER = process.env.PHOTOS;
const ANIMALS = 12;
const meals = Array.from({ length: 400 }, (_, id) => ({ id, animal: id % ANIMALS, hour: id % 24, kilos: (id % 17) + 1 }));

const photo = (animal) => path.join(FOLDER, `${animal}.jpg`);
for (let animal = 0; animal < ANIMALS; animal += 1) fs.writeFileSync(photo(animal), Buffer.alloc(24_000, animal + 1));

function plan(response, animal) {
  spin(knob('plan_ms', 0.5));
  const own = meals.filter((meal) => meal.animal === animal);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ animal, meals: own }));
}

function picture(request, response, animal) {
  const stream = fs.createReadStream(photo(animal));
  response.setHeader('content-type', 'image/jpeg');
  response.setHeader('content-length', 24_000);
  if (request.method === 'HEAD') return response.end();
  return pipeline(stream, response, () => {});
}

const server = http.createServer((request, response) => {
  const [, what, number] = request.url.split('/');
  const animal = Number(number) % ANIMALS;
  if (what === 'plans') return plan(response, animal);
  if (what === 'photos') return picture(request, response, animal);
  response.statusCode = what === 'health' ? 200 : 404;
  return response.end();
});
server.listen(Number(process.env.PORT), '127.0.0.1');
