'use strict';

// Shops send their stock, and each article is matched with what the warehouse calls it.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const stock = new Map();

/** How alike two names are takes the longer the more letters are looked at. */
function match(text) {
  spin(knob('match_ms', 2));
  return text.length % 5000;
}

const app = application();
app.post('/stock/:shop', express.json({ limit: '1mb' }), (request, response) => {
  const article = match(request.body.text);
  stock.set(article, request.params.shop);
  response.status(202).json({ article, known: stock.size });
});
listen(app);
