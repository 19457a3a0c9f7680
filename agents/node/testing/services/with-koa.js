'use strict';

const { Router } = require('@koa/router');
const Koa = require('koa');

const app = new Koa();
const orders = new Router({ prefix: '/v2/orders/:order' });
orders.get('/items/:item', (context) => (context.body = context.params));
const router = new Router();
router.get('/users/:id', (context) => (context.body = context.params.id));
router.post('/users/:id', (context) => context.throw(500, 'as asked', { expose: false }));
router.get(/^\/any/, (context) => (context.body = 'any'));
router.use(orders.routes());
app.use(router.routes()).use(router.allowedMethods());
app.silent = true;

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
