'use strict';

process.on('exit', (code) => console.log(`exit ${code}`));
setTimeout(() => console.log('done'), 300);
