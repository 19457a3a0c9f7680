'use strict';

// Has no output: both streams are closed, by descriptor and by stream.
process.stdout.end('gone\n');
process.stderr.destroy();
require('node:fs').closeSync(0);
setTimeout(() => process.exit(5), 700);
