'use strict';

// As many listeners as Node.js takes without a warning.
for (const event of ['exit', 'beforeExit', 'uncaughtExceptionMonitor']) {
  for (let i = 0; i < 10; i++) process.on(event, () => {});
}
setTimeout(() => console.log('done'), 700);
