"""Plain WebSockets over several processes: clients return by themselves, and not all at once."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes.socketio import delay

PLATFORM: Final = "Plain WebSockets"


def steps(sockets: float) -> tuple[Step, ...]:
    """Clients of plain WebSockets, which have no reconnection of their own."""
    return (
        Step("Plain WebSockets begin with one request and need no stickiness. Let each process subscribe to the "
             "messages of all (Redis PUBLISH and SUBSCRIBE, NATS).", PLATFORM),
        Step("Let clients that lost their process return at random moments, longer apart each time. Use send and close "
             "of what it returns in place of a socket: up to 100 messages wait for the next connection, then send "
             "throws.", PLATFORM, "reconnect.mjs", RECONNECT.replace("FIRST", str(delay(sockets)))),
    )  # fmt: skip


RECONNECT: Final = """const DELAY = FIRST; // ms
const MOST = 100; // messages that wait for a connection

export function connect(url, onMessage) {
  const waiting = [];
  let socket, timer;
  let attempt = 0;
  let closed = false;

  function open() {
    socket = new WebSocket(url);
    socket.onmessage = onMessage;
    socket.onopen = () => {
      attempt = 0;
      for (const message of waiting.splice(0)) socket.send(message);
    };
    socket.onerror = () => {}; // its end follows; the package ws throws what nobody hears
    socket.onclose = () => {
      if (closed) return;
      const longest = 2 * DELAY * 2 ** Math.min(attempt, 3);
      attempt += 1;
      timer = setTimeout(open, Math.random() * longest);
    };
  }
  open();

  return {
    // What is sent without a connection waits for the next one. What was on its way when one broke off may be lost:
    // let the server confirm what must arrive.
    send(message) {
      if (socket.readyState === WebSocket.OPEN) return socket.send(message);
      if (closed) throw new Error("The connection was closed.");
      if (waiting.length === MOST) throw new Error(`${MOST} messages wait for a connection already.`);
      waiting.push(message);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}
"""
