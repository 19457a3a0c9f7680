'use strict';

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318/v1/metrics';
const DEFAULT_INTERVAL = 10;
const MIN_INTERVAL = 0.1;
const MAX_INTERVAL = 3600;

/**
 * The probe's own settings.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{endpoint: URL, interval: number, token: string | undefined}} interval in seconds
 * @throws {Error} saying which setting is wrong and what it should be
 */
function readSettings(env) {
  return {
    endpoint: readEndpoint(env.ADVISOR_PROBE_ENDPOINT || DEFAULT_ENDPOINT),
    interval: readInterval(env.ADVISOR_PROBE_INTERVAL || DEFAULT_INTERVAL),
    token: env.ADVISOR_PROBE_TOKEN || undefined,
  };
}

function readEndpoint(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`ADVISOR_PROBE_ENDPOINT is "${text}"; set it to an address such as ${DEFAULT_ENDPOINT}`);
  }
  if (url.pathname === '/') url.pathname = '/v1/metrics';
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

module.exports = { readSettings };
