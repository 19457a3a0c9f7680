'use strict';

const route = require('../route');

// Where Next.js keeps what it knows of a request, on the request that Node.js made.
const META = Symbol.for('NextInternalRequestMeta');

/** Next.js: the pattern of the page or route handler (`/users/[id]`). Its own pages (`/_not-found`) have none. */
module.exports = function watchNext() {
  route.readBy((request) => {
    const pattern = request[META]?.match?.definition?.pathname;
    return pattern?.startsWith('/_') ? undefined : pattern;
  });
};
