'use strict';

/**
 * WebSocket messages of this process as a server, since the last export. They are known only once a library
 * that tells them was found.
 */
const messages = { known: false, received: 0, sent: 0 };

module.exports = { messages };
