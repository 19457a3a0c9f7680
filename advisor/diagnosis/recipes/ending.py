"""How a worker ends when its supervisor asks: nothing new is accepted, and what is open is answered."""

from __future__ import annotations

from typing import Final

CODE: Final = """// Gives what ends the process: it accepts nothing new and answers what is open.
function ending(server) {
  let closing = false;
  server.prependListener("request", (request, response) => {
    if (closing) response.setHeader("Connection", "close"); // a kept connection ends with its answer
  });
  return () => {
    if (closing) return; // a supervisor may signal the whole group, and each process again
    closing = true;
    server.close(() => process.exit(0));
    setInterval(() => server.closeIdleConnections(), 500).unref(); // those that were busy when it closed
  };
}
"""
"""A function of the `http.Server`. Without the header, a balancer's kept connection goes on bringing requests to a
server that is closed: it never ends by itself under load, and is killed with requests open."""
