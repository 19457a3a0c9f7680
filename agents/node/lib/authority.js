'use strict';

const DEFAULT_PORTS = { 'http:': 80, 'https:': 443 };

/**
 * Host and port of an origin (`https://shop.example`) or of a Host header.
 * @param {string} text
 * @param {string} [protocol] where the text names none: `http:` or `https:`
 * @returns {[string, number | undefined]}
 */
function authority(text, protocol) {
  const slashes = text.indexOf('//');
  const scheme = slashes === -1 ? protocol : text.slice(0, slashes);
  const host = slashes === -1 ? text : text.slice(slashes + 2);
  const colon = host.lastIndexOf(':');
  // A colon within brackets belongs to an IPv6 address.
  if (colon <= host.lastIndexOf(']')) return [host, DEFAULT_PORTS[scheme]];
  return [host.slice(0, colon), Number(host.slice(colon + 1))];
}

module.exports = { authority };
