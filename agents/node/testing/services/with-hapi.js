'use strict';

const hapi = require('@hapi/hapi');

const server = hapi.server({ port: 0, host: '127.0.0.1', debug: false });
server.route([
  { method: 'GET', path: '/users/{id}', handler: ({ params }) => params.id },
  { method: 'POST', path: '/users/{id}', handler: () => Promise.reject(new Error('as asked')) },
  { method: 'GET', path: '/files/{path*}', handler: ({ params }) => params.path },
]);
server.start().then(() => console.log(server.info.port));
