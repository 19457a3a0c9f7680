'use strict';

const diagnostics = require('node:diagnostics_channel');
const libraries = require('../libraries');
const { messages } = require('../messages');
const { counter, gauge } = require('../otlp');

const CONNECTION = 'net.server.socket';

/**
 * Sockets that were upgraded (WebSocket) and are open. An added 'upgrade' listener would make Node.js
 * hand over requests that the service wants to answer as plain HTTP, so the event is only watched as it
 * passes: Node.js emits it where the service itself listens.
 */
function webSocket() {
  const watched = new WeakSet();
  let open = 0;

  function opened(socket) {
    open++;
    socket.once('close', () => {
      open--;
    });
  }

  function onConnection({ socket }) {
    const server = socket?.server;
    // Only the servers of http and https have this, and each is met at its first connection.
    if (server?.keepAliveTimeout === undefined || watched.has(server)) return;
    watched.add(server);
    libraries.look(); // what this server stands on has been loaded by now
    watchUpgrades(server, opened);
  }

  diagnostics.subscribe(CONNECTION, onConnection);
  return {
    collect: () => [gauge('advisor.websocket.connection.count', '{connection}', open), ...messageMetrics()],
    stop: () => diagnostics.unsubscribe(CONNECTION, onConnection),
  };
}

function messageMetrics() {
  const { known, received, sent } = messages;
  if (!known) return [];
  messages.received = messages.sent = 0;
  return [
    counter('advisor.websocket.messages', '{message}', [
      { value: received, attributes: { 'network.io.direction': 'receive' } },
      { value: sent, attributes: { 'network.io.direction': 'transmit' } },
    ]),
  ];
}

function watchUpgrades(server, opened) {
  const emit = server.emit;
  function watchedEmit(event, request, socket) {
    if (event === 'upgrade' && typeof socket?.once === 'function') opened(socket);
    return Reflect.apply(emit, this, arguments);
  }
  // Not enumerable, so that a printed server looks as before; refused by a frozen one, which is fine.
  Reflect.defineProperty(server, 'emit', {
    value: watchedEmit,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

module.exports = webSocket;
