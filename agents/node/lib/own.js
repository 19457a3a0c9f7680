'use strict';

// What the probe makes for itself is no part of the service. Only true while a thread of ours is being made.
module.exports = { isMaking: false };
