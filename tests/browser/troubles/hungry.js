// Takes all the processor time that it gets.
const http = require('node:http');

http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
function work() {
  const until = Date.now() + 20;
  while (Date.now() < until);
  setImmediate(work);
}
work();
