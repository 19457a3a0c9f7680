'use strict';

const express = require('express');

const app = express();
for (let i = 0; i < 200; i++) app.get(`/route-${i}`, (request, response) => response.end());

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
