'use strict';

const fs = require('node:fs');

/** Seconds on a processor of all threads that live, to the nanosecond: the kernel's own count is in hundredths. */
function processorSeconds(pid) {
  const threads = fs.readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) => Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
  return times.reduce((total, time) => total + time, 0) / 1e9;
}

/** MiB in memory, and MiB with each shared page counted by its share. */
function memory(pid) {
  const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mebibytes = (name) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)[1]) / 1024;
  return { rss: mebibytes('Rss'), pss: mebibytes('Pss') };
}

module.exports = { memory, processorSeconds };
