'use strict';

// Lets nobody listen to the process, and throws where one did.
process.on = process.once = process.addListener = () => {
  throw new Error('nobody listens here');
};
process.emit = new Proxy(process.emit, {
  apply(emit, self, args) {
    if (args[0] === 'exit') console.log(`exit ${args[1]}`);
    return Reflect.apply(emit, self, args);
  },
});
setTimeout(() => {
  throw new Error('the end');
}, 700);
