'use strict';

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318';
const DEFAULT_INTERVAL = 10;
const MIN_INTERVAL = 0.1;
const MAX_INTERVAL = 3600;
const WATCH = ['auto', 'always', 'never'];

/**
 * The probe's own settings.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{endpoint: URL, server: URL | undefined, interval: number, token: string | undefined, watch: string}}
 *   interval in seconds
 * @throws {Error} saying which setting is wrong and what it should be
 */
function readSettings(env) {
  return {
    endpoint: readAddress('ADVISOR_PROBE_ENDPOINT', env.ADVISOR_PROBE_ENDPOINT || DEFAULT_ENDPOINT),
    server: env.ADVISOR_PROBE_SERVER ? readAddress('ADVISOR_PROBE_SERVER', env.ADVISOR_PROBE_SERVER) : undefined,
    interval: readInterval(env.ADVISOR_PROBE_INTERVAL || DEFAULT_INTERVAL),
    token: readToken(env.ADVISOR_PROBE_TOKEN),
    watch: readWatch(env.ADVISOR_PROBE_WATCH || WATCH[0]),
  };
}

/** An address with or without OTLP's own path, which is added for each kind of data. */
function readAddress(name, text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`${name} is "${text}"; set it to an address such as ${DEFAULT_ENDPOINT}`);
  }
  url.pathname = url.pathname.replace(/\/v1\/metrics\/?$/, '');
  return url;
}

function readInterval(text) {
  const seconds = Number(text);
  if (!(seconds >= MIN_INTERVAL && seconds <= MAX_INTERVAL)) {
    throw new Error(
      `ADVISOR_PROBE_INTERVAL is "${text}"; set it to seconds from ${MIN_INTERVAL} to ${MAX_INTERVAL}`,
    );
  }
  return seconds;
}

// It becomes a header: a line break in it would begin another one.
function readToken(text) {
  if (text && !/^[\x21-\x7e]+$/.test(text)) {
    throw new Error('ADVISOR_PROBE_TOKEN holds a space, a line break or a sign outside ASCII; set it to the token alone');
  }
  return text || undefined;
}

function readWatch(text) {
  if (!WATCH.includes(text)) {
    throw new Error(`ADVISOR_PROBE_WATCH is "${text}"; set it to ${WATCH.join(', ')}`);
  }
  return text;
}

module.exports = { readSettings };
