'use strict';

// A figure is one line of the result; its goal is the most it may be.

const PEERS = ['prom-client', 'opentelemetry'];

/**
 * @param {{name: string, value: number, unit: string, goal: number, peer?: string, peer_value?: number}} figure
 * `peer_value` is what the peer needs for the same, in the same run
 */
function figure({ name, value, unit, peer = null, peer_value = null, goal }) {
  const ratio = peer_value > 0 ? rounded(value / peer_value) : null;
  return { name, value: rounded(value), unit, peer, peer_value: rounded(peer_value), ratio, goal, holds: value <= goal };
}

/** One figure of ours beside each peer. @param {(variant: string) => number} valueOf */
function besidePeers(name, unit, goal, valueOf) {
  return PEERS.map((peer) => figure({ name, value: valueOf('ours'), unit, peer, peer_value: valueOf(peer), goal }));
}

function rounded(value) {
  return value === null ? null : Number(value.toFixed(3));
}

/** A table in Markdown. @param {{title: string, head: string[], rows: string[][], note?: string}} table */
function markdown({ title, head, rows, note }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const lines = [`## ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line)];
  return [...lines, ...(note ? ['', note] : []), ''].join('\n');
}

module.exports = { PEERS, besidePeers, figure, markdown };
