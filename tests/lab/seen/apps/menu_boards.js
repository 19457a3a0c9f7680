'use strict';

// Menu boards above the counters of canteens: boards ask for their dishes, editors look at previews and change them.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const boards = new Map(Array.from({ length: 50 }, (_, id) => [id, { id, dishes: [{ name: 'soup', price: 4 }] }]));

function preview(board) {
  const lines = board.dishes.map(({ name, price }) => `${name.padEnd(40)}${price}`);
  spin(knob('draw_ms', 350)); // the picture, drawn dot by dot
  return lines.join('\n');
}

const ROUTES = {
  '/board': (board) => JSON.stringify(board),
  '/preview': preview,
  // Boards hear of a change a little later, together with others.
  '/dish': (board, parameters) => {
    const dish = parameters.has('dish') ? { name: parameters.get('dish'), price: 5 } : undefined;
    setTimeout(() => {
      board.dishes = [{ name: dish.name, price: dish.price }];
    }, 50);
    return 'accepted';
  },
};

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const board = boards.get((Number(searchParams.get('board')) || 0) % 50);
  const route = ROUTES[pathname];
  response.end(route ? route(board, searchParams) : 'ok');
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
