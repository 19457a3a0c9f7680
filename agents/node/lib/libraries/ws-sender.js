'use strict';

const { messages } = require('../messages');
const { attempt, wrap } = require('../wrap');

// RFC 6455, 5.2: a message begins with a frame of text or binary; what a client sends is masked.
const TEXT = 1;
const BINARY = 2;
const OPCODE = 0x0f;
const MASKED = 0x80;

/** Messages that a server made with ws sends; Socket.IO hands its broadcasts to this method as ready frames. */
module.exports = function watchSender({ prototype }) {
  wrap(prototype, 'sendFrame', (sendFrame) => {
    return function (list) {
      attempt(count, list);
      return Reflect.apply(sendFrame, this, arguments);
    };
  });
};

function count([[first, second]]) {
  const opcode = first & OPCODE;
  if ((opcode === TEXT || opcode === BINARY) && !(second & MASKED)) messages.sent++;
}
