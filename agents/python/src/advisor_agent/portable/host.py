"""Who the host is, on macOS and Windows."""

from __future__ import annotations

import importlib
import platform
import socket
import subprocess
from types import ModuleType

from advisor_agent.identity import Host

_IOREG = ("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")
_IOREG_SECONDS = 10.0
_CRYPTOGRAPHY = r"SOFTWARE\Microsoft\Cryptography"


def this_host(psutil: ModuleType) -> Host:
    """Its id is the one that the OpenTelemetry conventions name for machines in no cloud (host.id, 1.44.0)."""
    name = socket.gethostname()
    if psutil.WINDOWS:
        words = f"Windows {platform.release()} ({platform.version()})"
        return Host(name, machine_guid(), platform.machine(), "windows", words)
    if psutil.MACOS:
        return Host(name, platform_uuid(), platform.machine(), "darwin", f"macOS {platform.mac_ver()[0]}")
    return Host(name, "", platform.machine(), platform.system().lower(), platform.platform())


def platform_uuid() -> str:
    """IOPlatformUUID of macOS, or nothing. No file has it, so that `ioreg` is asked: once, at the start."""
    try:
        done = subprocess.run(_IOREG, capture_output=True, text=True, timeout=_IOREG_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    for line in done.stdout.splitlines():
        if '"IOPlatformUUID"' in line:
            return line.partition("=")[2].strip(' "')
    return ""


def machine_guid() -> str:
    """MachineGuid of the Windows registry, or nothing."""
    winreg = importlib.import_module("winreg")  # Windows alone has it
    # A 32-bit Python would be shown another part of the registry, without this key.
    rights = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _CRYPTOGRAPHY, 0, rights) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    except OSError:
        return ""
