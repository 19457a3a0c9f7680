// Serves for two seconds and then ends with code 3; started again and again by supervisor.js.
const http = require('node:http');

http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
setTimeout(() => process.exit(3), 2000);
