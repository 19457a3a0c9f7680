from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.pages.test_fleet import words

MAIL = b"""Subject: checkout: one process, 7 of 8 cores idle
To: owner@example.com
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Run 2 workers. <script>alert(1)</script>
--b
Content-Type: text/html; charset=utf-8

<b>Never shown</b>
--b--
"""


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.EMAIL_BACKEND = "advisor.alerts.mailfile.EmailBackend"
    settings.MAIL_FOLDER.mkdir()
    for name, at in (("older.eml", 1), ("newer.eml", 2)):
        (settings.MAIL_FOLDER / name).write_bytes(MAIL.replace(b"one process", name.encode()))
        os.utime(settings.MAIL_FOLDER / name, (at, at))
    (tmp_path / "secret.eml").write_bytes(MAIL)
    return tmp_path / "mail"


def test_mails_stand_newest_first(page: Client, folder: Path) -> None:
    text = words(page.get("/mail/").content)
    assert text.index("newer.eml") < text.index("older.eml")


def test_a_mail_is_shown_as_text(page: Client, folder: Path) -> None:
    html = page.get("/mail/newer.eml/").content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "Never shown" not in html


@pytest.mark.parametrize(
    "name", ["..%2Fsecret.eml", "%2e%2e%2fsecret.eml", "..", "missing.eml", "secret.eml", "x%00.eml"]
)
def test_nothing_outside_the_folder_is_opened(page: Client, folder: Path, name: str) -> None:
    assert page.get(f"/mail/{name}/").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(page: Client, folder: Path) -> None:
    (folder / "link.eml").symlink_to(folder.parent / "secret.eml")
    assert page.get("/mail/link.eml/").status_code == 404


def test_with_a_mail_server_there_are_no_files(page: Client, folder: Path, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert "A mail server is set" in words(page.get("/mail/").content)
