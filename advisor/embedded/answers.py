"""Whether a server answers at an address: `python -m advisor.embedded.answers URL`, exit status 0 or 1."""

from __future__ import annotations

import http.client
import sys
from urllib.parse import urlsplit

ANSWER_SECONDS = 3.0


def answers(url: str) -> bool:
    """True for every answer but a server's own failure: the OTLP door, say, has only a refusal for a GET."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", parts.path, headers={"Host": "127.0.0.1"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
