"""Which address shows which page."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("advisor.pages.urls"))]
