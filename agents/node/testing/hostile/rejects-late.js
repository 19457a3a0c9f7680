'use strict';

// Handles a rejection after it was reported, and survives an exception.
process.on('unhandledRejection', (reason) => console.log(`rejected: ${reason.message}`));
process.on('uncaughtException', (error, origin) => console.log(`caught: ${error.message} ${origin}`));
const late = Promise.reject(new Error('late'));
setTimeout(() => late.catch(() => console.log('handled')), 200);
setTimeout(() => {
  throw new Error('thrown');
}, 300);
setTimeout(() => console.log('done'), 700);
