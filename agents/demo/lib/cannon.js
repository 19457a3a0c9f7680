'use strict';

const autocannon = require('autocannon');

// autocannon sends a connection's requests of a second in one burst at its start. Lanes that start a
// tenth of a second apart make an even flow of it.
const LANES = 10;
const SECOND = 1000;

const ROUND = 3600;

/** A steady flow of requests whose rate can be changed while it runs. */
class Cannon {
  /**
   * @param {string} url
   * @param {(total: number, lanes: number) => number[]} spread whole rates that add up to the total
   */
  constructor(url, spread) {
    this.url = url;
    this.spread = spread;
    this.lanes = Array.from({ length: LANES }, () => ({ rate: 1, client: undefined, tracker: undefined }));
  }

  /** @param {number} rate requests a second over all lanes, at least one for each */
  setRate(rate) {
    this.spread(Math.max(rate, LANES), LANES).forEach((laneRate, i) => {
      const lane = this.lanes[i];
      lane.rate = laneRate;
      if (lane.client !== undefined) lane.client.rate = laneRate;
    });
  }

  /** Starts every lane that does not run, each at its place within the second. */
  start() {
    this.lanes.forEach((lane, i) => {
      if (lane.starting) return;
      lane.starting = true;
      setTimeout(() => this.open(lane), (i * SECOND) / LANES);
    });
  }

  open(lane) {
    const tracker = autocannon({
      url: this.url,
      connections: 1,
      overallRate: lane.rate,
      duration: ROUND,
      forever: true,
      ignoreCoordinatedOmission: true,
      // Runs for each client before its first request; `rate` is read before each request.
      setupClient: (client) => {
        client.rate = lane.rate;
        lane.client = client;
      },
    });
    // autocannon would connect again without a pause for as long as nobody answers.
    tracker.on('reqError', () => this.close(lane, tracker));
  }

  close(lane, tracker) {
    tracker.stop();
    lane.client?.destroy();
    lane.client = undefined;
    lane.starting = false;
  }
}

module.exports = { Cannon };
