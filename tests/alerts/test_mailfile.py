"""Mails as files: one a message, whole or not at all."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings

BACKEND = "advisor.alerts.mailfile.EmailBackend"


def mail(id: str, subject: str = "one") -> EmailMessage:
    return EmailMessage(subject, "body", "a@localhost", ["b@localhost"], headers={"Message-ID": id})


def test_sent_twice_it_is_one_file(tmp_path: Path) -> None:
    connection = get_connection(BACKEND, file_path=str(tmp_path / "new" / "mail"))
    assert connection.send_messages([mail("<1-a@host>"), mail("<2-b@host>")]) == 2
    assert connection.send_messages([mail("<1-a@host>", "again")]) == 1
    files = sorted((tmp_path / "new" / "mail").iterdir())
    assert [file.name for file in files] == ["1-a.eml", "2-b.eml"]
    assert message_from_bytes(files[0].read_bytes())["Subject"] == "again"


@pytest.mark.parametrize("id", ["<../../etc/passwd@host>", "</etc/passwd@host>", "<a\\..\\b@host>", "<.@host>"])
def test_a_hostile_id_stays_in_the_folder(tmp_path: Path, id: str) -> None:
    folder = tmp_path / "mail"
    get_connection(BACKEND, file_path=str(folder)).send_messages([mail(id)])
    assert len(list(folder.glob("*.eml"))) == 1
    assert list(tmp_path.iterdir()) == [folder]


def test_the_setting_names_the_folder(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    get_connection(BACKEND).send_messages([mail("<1@host>")])
    assert (tmp_path / "mail" / "1.eml").is_file()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        get_connection(BACKEND, file_path=str(tmp_path / "mail")).send_messages([mail("<1@host>")])
