// Starts crasher.js as often as it ends.
const { spawn } = require('node:child_process');
const path = require('node:path');

const env = { ...process.env, OTEL_SERVICE_NAME: 'crasher' };
let child;
function start() {
  child = spawn(process.execPath, [path.join(__dirname, 'crasher.js')], { env, stdio: 'ignore' });
  child.on('exit', () => setTimeout(start, 200));
}
process.on('SIGTERM', () => {
  child.kill();
  process.exit();
});
start();
