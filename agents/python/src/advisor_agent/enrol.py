"""`advisor-agent enroll`: exchanges an enrolment key for the token of this host, and keeps it."""

from __future__ import annotations

import json
import os
import sys

from advisor_agent import VERSION
from advisor_agent.address import Server, parse_server
from advisor_agent.connection import ConnectionLost
from advisor_agent.exchange import exchange
from advisor_agent.http import ProtocolError
from advisor_agent.places import settings_file
from advisor_agent.settings import ConfigError
from advisor_agent.settings_file import written

_PATH = "/api/v1/enroll"
_SYSTEM, _ADMINISTRATORS = "*S-1-5-18", "*S-1-5-32-544"
"""Windows translates names of users and groups, but not these."""


class EnrolmentError(Exception):
    """The server gave no token; the text says why."""


def enrol(settings: dict[str, str], host_name: str) -> str:
    """What was done, in words. ConfigError for a wrong setting, EnrolmentError where the server gives no token.

    Everything that can be refused here is tried before the key is used, because a key enrols so many hosts only.
    """
    server = parse_server(settings.get("ADVISOR_SERVER", ""))
    key = settings.get("ADVISOR_KEY", "").strip()
    if not key.startswith("sae_") or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError("No enrolment key is given: give --key or ADVISOR_KEY, which begins with sae_.")
    file = settings.get("ADVISOR_CONFIG") or settings_file(settings)
    token_file = settings.get("ADVISOR_TOKEN_FILE") or os.path.join(os.path.dirname(file), "token")
    is_new = not os.path.exists(file)
    place = _open(token_file)
    try:
        try:
            os.write(place, _token(server, key, host_name).encode())
            os.fsync(place)
        finally:
            os.close(place)  # Windows renames and deletes no file that is open
        os.replace(_waiting(token_file), token_file)
    except BaseException:
        os.unlink(_waiting(token_file))
        raise
    if is_new:
        _write_settings(file, {"server": f"{server}{server.prefix}", "token_file": token_file})
    return _told(server, token_file, file, is_new)


def _waiting(path: str) -> str:
    return f"{path}.new"


def _open(path: str) -> int:
    """A file beside the one that is wanted, so that an old token stays until the new one is whole."""
    try:
        os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
        return os.open(_waiting(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise ConfigError(
            f"The token cannot be kept in {path}: {error.strerror}. Name another --token-file."
        ) from error


def _token(server: Server, key: str, host_name: str) -> str:
    body = json.dumps({"host_name": host_name}).encode()
    lines = [
        f"POST {server.prefix}{_PATH} HTTP/1.1",
        f"Host: {server.address}",
        f"User-Agent: advisor-agent/{VERSION}",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    try:
        answer = exchange(server, "\r\n".join([*lines, "", ""]).encode("ascii") + body)
        status = answer.status
    except (ConnectionLost, ProtocolError) as error:
        raise EnrolmentError(f"{server} cannot be reached: {error}. Check --server, and that it runs.") from error
    said = _said(answer.body)
    if status != 200 or not isinstance(said.get("token"), str):
        raise EnrolmentError(f"{server} gave no token (status {status}). {said.get('error', '')}".strip())
    return str(said["token"])


def _said(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _write_settings(file: str, settings: dict[str, str]) -> None:
    try:
        os.makedirs(os.path.dirname(file) or ".", mode=0o700, exist_ok=True)
        with open(file, "x", encoding="utf-8") as target:
            target.write(written(settings))
    except OSError as error:
        raise ConfigError(
            f"The host is enrolled, but the settings file {file} cannot be written: {error.strerror}."
            f" Run with --server {settings['server']} --token-file {settings['token_file']}."
        ) from error


def _told(server: Server, token_file: str, file: str, is_new: bool) -> str:
    lines = [f"This host is enrolled at {server}. Its token is in {token_file}."]
    if sys.platform == "win32":
        lines.append("See that other users cannot read it. If the agent runs as the system, for example:")
        lines.append(f'icacls "{token_file}" /inheritance:r /grant:r {_SYSTEM}:R {_ADMINISTRATORS}:F')
    if is_new:
        lines.append(f"The settings are in {file}. Start with: advisor-agent run")
    else:
        lines.append(f"The settings file {file} was there before and is as it was: see that it names this server.")
    return "\n".join(lines)
