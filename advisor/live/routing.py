"""The WebSocket addresses."""

from __future__ import annotations

from django.urls import path

from advisor.live.consumers import LiveConsumer

urlpatterns = [path("live/", LiveConsumer.as_asgi())]
