"""The Celery application. Settings that start with `CELERY_` are its own."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_process_init

from advisor.ingest.allocator import keep_large
from advisor.pipeline.garbage import search_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisor.settings")

app = Celery("advisor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["advisor.pipeline"])


@worker_process_init.connect
def _settle(**_: object) -> None:
    search_seldom()
    keep_large()
