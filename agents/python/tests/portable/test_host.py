from __future__ import annotations

import platform
import socket
import sys
import types

import pytest

from advisor_agent.portable import host
from advisor_agent.portable.host import machine_guid, platform_uuid, this_host

IOREG = """\
+-o Mac14,7  <class IOPlatformExpertDevice, id 0x10000021b, registered, matched, active, busy 0 (7 ms), retain 39>
    {
      "compatible" = <"Mac14,7","AppleARM">
      "manufacturer" = <"Apple Inc.">
      "IOPlatformSerialNumber" = "ABCDEFGHIJ"
      "IOPlatformUUID" = "A1B2C3D4-0000-1111-2222-333344445555"
      "clock-frequency" = <00366e01>
    }

"""
GUID = "5f4dcc3b-5aa7-65d6-1d83-27deb882cf99"


@pytest.fixture
def ioreg(monkeypatch, tmp_path):
    """A program that says what `ioreg` would."""

    def _ioreg(said, status=0):
        program, text = tmp_path / "ioreg", tmp_path / "said"
        text.write_text(said)
        program.write_text(f"#!/bin/sh\n[ \"$*\" = '-rd1 -c IOPlatformExpertDevice' ] && cat {text}\nexit {status}\n")
        program.chmod(0o700)
        monkeypatch.setattr(host, "_IOREG", (str(program), *host._IOREG[1:]))

    return _ioreg


class Key:
    """An open key of the registry, with one value."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


@pytest.fixture
def registry(monkeypatch):
    """`winreg` with these keys: path -> values."""

    def _registry(keys):
        def open_key(root, path, reserved, rights):
            assert (root, rights) == ("HKLM", 0x20019 | 0x0100)
            if path not in keys:
                raise FileNotFoundError(2, "The system cannot find the file specified")
            key = Key()
            key.values = keys[path]
            return key

        fake = types.ModuleType("winreg")
        fake.HKEY_LOCAL_MACHINE, fake.KEY_READ, fake.KEY_WOW64_64KEY = "HKLM", 0x20019, 0x0100
        fake.OpenKey = open_key
        fake.QueryValueEx = lambda key, name: (key.values[name], 1)
        monkeypatch.setitem(sys.modules, "winreg", fake)

    return _registry


def test_a_mac_is_known_by_its_platform_uuid(ioreg):
    ioreg(IOREG)
    assert platform_uuid() == "A1B2C3D4-0000-1111-2222-333344445555"


@pytest.mark.parametrize(("said", "status"), [("", 1), ("nothing of the kind\n", 0)])
def test_an_ioreg_that_does_not_tell_gives_nothing(ioreg, said, status):
    ioreg(said, status)
    assert platform_uuid() == ""


def test_no_ioreg_gives_nothing(monkeypatch):
    monkeypatch.setattr(host, "_IOREG", ("/nowhere/ioreg",))
    assert platform_uuid() == ""


def test_a_windows_machine_is_known_by_its_guid(registry):
    registry({"SOFTWARE\\Microsoft\\Cryptography": {"MachineGuid": GUID}})
    assert machine_guid() == GUID


def test_a_registry_without_a_guid_gives_nothing(registry):
    registry({})
    assert machine_guid() == ""


def test_a_mac(ioreg, macos, monkeypatch):
    ioreg(IOREG)
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.1", ("", "", ""), "arm64"))
    monkeypatch.setattr(socket, "gethostname", lambda: "adas-mac.local")
    resource = this_host(macos).resource
    assert {key: resource[key] for key in resource if key.startswith(("host.", "os."))} == {
        "host.id": "A1B2C3D4-0000-1111-2222-333344445555",
        "host.name": "adas-mac.local",
        "host.arch": "arm64",
        "os.type": "darwin",
        "os.description": "macOS 15.1",
    }


def test_a_windows_machine(registry, windows, monkeypatch):
    registry({"SOFTWARE\\Microsoft\\Cryptography": {"MachineGuid": GUID}})
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    monkeypatch.setattr(platform, "release", lambda: "11")
    monkeypatch.setattr(platform, "version", lambda: "10.0.22631")
    monkeypatch.setattr(socket, "gethostname", lambda: "SHOP-1")
    resource = this_host(windows).resource
    assert {key: resource[key] for key in resource if key.startswith(("host.", "os."))} == {
        "host.id": GUID,
        "host.name": "SHOP-1",
        "host.arch": "amd64",
        "os.type": "windows",
        "os.description": "Windows 11 (10.0.22631)",
    }


def test_a_machine_without_an_id_is_known_by_its_name(registry, windows, monkeypatch):
    registry({})
    monkeypatch.setattr(socket, "gethostname", lambda: "SHOP-1")
    assert this_host(windows).id == "SHOP-1"
