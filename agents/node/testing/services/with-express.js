'use strict';

const express = require(process.argv[2]);

const app = express();
const orders = express.Router();
orders.get('/items/:item', (request, response) => setImmediate(() => response.json(request.params)));
app.get('/users/:id', (request, response) => response.send(request.params.id));
app.post('/users/:id', (request, response) => response.status(500).end());
app.use('/v2/orders/:order', orders);
app.get(/^\/any/, (request, response) => response.send('any'));

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
