// A service of ES modules, as an application of today is written.
import { createServer } from 'node:http';
import express from 'express';

const app = express();
app.get('/users/:id', (request, response) => response.send(request.params.id));
const server = createServer(app).listen(0, '127.0.0.1', () => console.log(server.address().port));
