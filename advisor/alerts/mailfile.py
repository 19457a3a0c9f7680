"""A mail backend that keeps mails as files, one a message, under `settings.EMAIL_FILE_PATH`.

Django's own names files by the time of sending, so a repeated try leaves a second file. Here the
name is the `Message-ID`: sending twice leaves one file, and no reader ever sees half of one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from email.message import Message
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_OUTSIDE_NAMES = re.compile(r"[^A-Za-z0-9-]")


class EmailBackend(BaseEmailBackend):
    """Writes each message to `<Message-ID's left part>.eml`; the folder is made when it is missing."""

    def __init__(self, *args: Any, file_path: str | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages and return how many. Raises `OSError` if the folder cannot be written."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            self._write(mail.message())
        return len(email_messages)

    def _write(self, message: Message) -> None:
        left = str(message["Message-ID"]).strip("<>").partition("@")[0]
        path = self.folder / f"{_OUTSIDE_NAMES.sub('_', left)}.eml"
        draft = path.with_suffix(f".{uuid4().hex}.part")
        with draft.open("wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
