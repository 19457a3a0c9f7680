import Hapi from '@hapi/hapi';

const server = Hapi.server({ port: 0, host: '127.0.0.1' });
server.route({ method: 'GET', path: '/users/{id}', handler: ({ params }) => params.id });
await server.start();
console.log(server.info.port);
