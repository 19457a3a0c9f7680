'use strict';

// A server-side renderer: a shop's category page is made anew for each visitor, because prices and stock are personal.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => ESCAPES[sign]);

function element(tag, attributes, ...children) {
  return { tag, attributes, children };
}

function render(node) {
  if (Array.isArray(node)) return node.map(render).join('');
  if (typeof node !== 'object') return escape(node);
  const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${escape(value)}"`);
  return `<${node.tag}${attributes.join('')}>${render(node.children)}</${node.tag}>`;
}

function card(number, visitor) {
  const price = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format((number * 37 + visitor) % 900);
  const rows = ['Colour', 'Size', 'Weight & more', 'Maker'].map((name, index) =>
    element('tr', { class: 'row' }, element('th', {}, name), element('td', {}, `${name} ${number * index}`)),
  );
  return element('article', { id: `p${number}`, 'data-price': price }, element('h2', {}, `Item <${number}>`), element('table', {}, rows));
}

function page(visitor) {
  const cards = Array.from({ length: knob('cards', 40) }, (_, number) => card(number, visitor));
  return `<!doctype html>${render(element('main', { class: 'category' }, cards))}`;
}

http
  .createServer((request, response) => {
    if (request.url === '/health') return response.end('ok');
    const visitor = Number(new URL(request.url, 'http://shop').searchParams.get('visitor')) || 0;
    return response.setHeader('content-type', 'text/html').end(page(visitor));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
