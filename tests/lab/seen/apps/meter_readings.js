'use strict';

// Readings of water meters: each is checked against the meter's sheet on disk and noted in the journal.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const sheet = path.join(process.env.SHEETS, 'meters.txt');
fs.mkdirSync(process.env.SHEETS, { recursive: true });
fs.writeFileSync(sheet, Array.from({ length: 1000 }, (_, meter) => `${meter};${meter * 3}`.padEnd(15) + '\n').join(''));

/** Calls back with the last value of a meter; a reading below it is refused. */
function check(meter, value, done) {
  fs.open(sheet, 'r', (failure, handle) => {
    if (failure) return done(failure);
    const line = Buffer.alloc(16);
    return fs.read(handle, line, 0, 16, meter * 16, (error) => {
      if (error) return done(error);
      const last = Number(line.toString().split(';')[1]);
      if (value < last) return done(null, { isRefused: true, last });
      return fs.close(handle, () => done(null, { isRefused: false, last }));
    });
  });
}

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname !== '/reading') return response.end('ok');
  return check(Number(searchParams.get('meter')) || 0, Number(searchParams.get('value')), (error, result) => {
    if (error) response.statusCode = 500;
    else if (result.isRefused) response.statusCode = 409;
    response.end(error ? error.code : JSON.stringify(result));
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
