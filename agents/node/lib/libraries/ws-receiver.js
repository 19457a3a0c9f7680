'use strict';

const { messages } = require('../messages');
const { wrap } = require('../wrap');

/** Messages that a server made with ws takes, for whatever stands on it (Socket.IO). */
module.exports = function watchReceiver({ prototype }) {
  messages.known = true;
  wrap(prototype, 'emit', (emit) => {
    return function (event) {
      if (event === 'message' && this._isServer) messages.received++;
      return Reflect.apply(emit, this, arguments);
    };
  });
};
