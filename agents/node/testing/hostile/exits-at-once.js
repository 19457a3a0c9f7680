'use strict';

console.log('begin');
process.exit(7);
