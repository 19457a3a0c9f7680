"""The one ASGI entry: OTLP goes past Django, sockets to Channels, everything else to the pages.

Django would read a whole body to disk before any view could check the token, so `/v1/` never meets it.
"""

from __future__ import annotations

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisor.settings")
_django = get_asgi_application()  # first: the imports below need the apps to be ready

from advisor.ingest.allocator import give_back_large, keep_free  # noqa: E402
from advisor.ingest.door import Door  # noqa: E402
from advisor.live.routing import urlpatterns  # noqa: E402
from advisor.pipeline.garbage import SHORT, search_seldom  # noqa: E402

application = Door(
    ProtocolTypeRouter(
        {"http": _django, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(urlpatterns)))}
    )
)
"""`Door` answers `/v1/*` itself and hands everything else on."""

search_seldom(SHORT)
give_back_large()
keep_free()
