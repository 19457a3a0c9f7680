'use strict';

// `node doctor.js RESULT [FLAG ...] SCRIPT`: runs a service under Clinic Doctor. At SIGTERM it ends the service, lets Doctor
// analyse what it collected, and writes Doctor's own category to RESULT.

const fs = require('node:fs');
const path = require('node:path');
const { pipeline } = require('node:stream');
const Doctor = require('@clinic/doctor');

const inside = (file) => require(path.join(path.dirname(require.resolve('@clinic/doctor/package.json')), file));
const Analysis = inside('analysis/index.js');
const Decoders = ['system-info', 'trace-event', 'process-stat'].map((name) => inside(`format/${name}-decoder.js`));
const places = require('@clinic/clinic-common').getLoggingPaths('doctor');

const [, , result, ...command] = process.argv;

/** The decoded records of a file. */
function read(file, decoder) {
  return pipeline(fs.createReadStream(file), decoder, () => {}); // an error shows as a missing analysis
}

process.on('SIGTERM', () => process.kill(process.pid, 'SIGINT')); // what Doctor hands on to the service
new Doctor({ dest: path.dirname(result) }).collect([process.execPath, ...command], (error, folder) => {
  if (error) throw error;
  const [SystemInfo, TraceEvent, ProcessStat] = Decoders;
  const paths = places({ path: folder });
  const system = read(paths['/systeminfo'], new SystemInfo());
  const analysis = new Analysis(
    system,
    read(paths['/traceevent'], new TraceEvent(system)),
    read(paths['/processstat'], new ProcessStat()),
  );
  analysis.on('data', ({ issueCategory }) => fs.writeFileSync(result, issueCategory));
});
