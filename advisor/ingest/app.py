"""Ingest as a process of its own: `uvicorn advisor.ingest.app:application`.

Open pages hold connections; a server that only takes samples cannot run out of them.
"""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisor.settings")
django.setup()  # first: the imports below need the apps to be ready

from advisor.ingest.allocator import give_back_large  # noqa: E402
from advisor.ingest.answers import Code, Refusal, Send, refuse, send_answer  # noqa: E402
from advisor.ingest.body import Receive, answer_type  # noqa: E402
from advisor.ingest.door import Door, Scope  # noqa: E402
from advisor.pipeline.garbage import SHORT, search_seldom  # noqa: E402

_NOTHING_ELSE = "Only OTLP is answered here: /v1/metrics and /v1/logs. The pages are at another address."


async def nothing_else(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 404 to HTTP, and close sockets."""
    if scope["type"] == "http":
        refusal = Refusal(404, Code.NOT_FOUND, _NOTHING_ELSE)
        await send_answer(send, refuse(refusal, answer_type(dict(scope["headers"]))))
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})


application = Door(nothing_else)
search_seldom(SHORT)
give_back_large()
