"""Keeping a program in bounds on a Linux host, and logs from filling its disk."""

from __future__ import annotations

import re
import shlex
from typing import Final

from advisor.diagnosis.advice import Step

SYSTEMD, KUBERNETES, DOCKER = "systemd", "Kubernetes", "Docker"


def held(program: str, unit: str, cores: float) -> tuple[Step, ...]:
    """The program, or what else is in the way, gets so many cores at most, and yields to others before that."""
    return (
        Step(f"See what {program} is and whose: a backup, a build, a report can run at another hour or place. Control "
             "groups, then processes, in order of their use:", "", "shell",
             "systemd-cgtop --order=cpu --iterations=2\nps -eo pid,user,comm,pcpu --sort=-pcpu | head"),
        Step("Hold it in bounds where it has to stay. Put the name of its unit in place of this one if that differs.",
             SYSTEMD, f"/etc/systemd/system/{unit}.d/bounds.conf", bounds(cores)),
        Step("Load it; no restart is needed.", SYSTEMD, "shell", f"systemctl daemon-reload\nsystemctl show {unit} "
             "--property=CPUQuotaPerSecUSec,CPUWeight"),
        Step("A program that somebody starts by hand or by cron yields to others if it is started like this.", "cron",
             "shell", "nice -n 19 ionice -c 3 COMMAND"),
    )  # fmt: skip


def bounds(cores: float) -> str:
    """A drop-in for a unit: at most so many cores, and a tenth of the usual weight while others want them."""
    return _BOUNDS.format(quota=max(5, round(cores * 100)))


def unit_of(program: str) -> str:
    """A unit's name for a program's file name."""
    return f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', program).strip('-.') or 'program'}.service"


def unbound(quota: float, wanted: int) -> tuple[Step, ...]:
    """The service's own limit of processors goes up, or away."""
    return (
        Step("Remove the limit and keep the request: the kernel shares processors out by requests when they are short, "
             "and a limit only holds back when they are not.", KUBERNETES, "shell",
             "kubectl patch deployment NAME --type=json \\\n  --patch='[{\"op\": \"remove\", \"path\": "
             '"/spec/template/spec/containers/0/resources/limits/cpu"}]\''),
        Step("Raise the limit.", DOCKER, "shell", f"docker update --cpus {wanted} CONTAINER"),
        Step("Raise the limit.", SYSTEMD, "shell", f"systemctl set-property NAME.service CPUQuota={wanted * 100}%"),
        Step(f"Where the limit must stay at {quota:g}, run no more workers than whole cores it leaves "
             f"({max(1, int(quota))}); os.availableParallelism() does not see it."),
    )  # fmt: skip


def drop_in(text: str, name: str, part: str, code: str) -> tuple[Step, ...]:
    """Settings for the unit of a service, and how to load them; `part` names their file."""
    unit = unit_of(name)
    return (
        Step(f"{text} Put the unit's own name in place of {unit}.", SYSTEMD,
             f"/etc/systemd/system/{unit}.d/{part}.conf", code),
        Step("Load it and restart.", SYSTEMD, "shell", f"systemctl daemon-reload\nsystemctl restart {unit}"),
    )  # fmt: skip


def largest(mount: str) -> str:
    """Commands that show what takes the room of a filesystem, deleted files that are held open included."""
    where = shlex.quote(mount)
    return f"du --one-file-system --max-depth=3 {where} | sort --numeric-sort | tail -n 20\nlsof -a +L1 {where}"


def rotated(name: str) -> tuple[Step, ...]:
    """Logs are cut and thrown away by age and size."""
    label = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "service"
    return (
        Step("Rotate the service's logs. Put its own folder in place of this one.", "logrotate",
             f"/etc/logrotate.d/{label}", logrotate(label)),
        Step("Try it without changing anything, then once for real.", "logrotate", "shell",
             f"logrotate --debug /etc/logrotate.d/{label}\nlogrotate --force /etc/logrotate.d/{label}"),
        Step("Let logrotate run each hour: it looks at maxsize only when it runs, which is once a day by default. "
             "Without systemd, move /etc/cron.daily/logrotate to /etc/cron.hourly.", "logrotate",
             "/etc/systemd/system/logrotate.timer.d/hourly.conf", HOURLY),
        Step("Load it.", "logrotate", "shell",
             "systemctl daemon-reload\nsystemctl restart logrotate.timer\nsystemctl list-timers logrotate.timer"),
        Step("Under PM2, its own module rotates.", "PM2", "shell",
             "pm2 install pm2-logrotate\npm2 set pm2-logrotate:max_size 100M\npm2 set pm2-logrotate:retain 7"),
        Step("Bound the journal.", SYSTEMD, "/etc/systemd/journald.conf.d/size.conf", JOURNAL),
        Step("Load it, and free what is over the bound now.", SYSTEMD, "shell",
             "systemctl restart systemd-journald\njournalctl --vacuum-size=1G"),
        Step("Bound the logs of containers, which are unbounded by default. If the file exists, add these two keys to "
             "it: what else it says must stay.", DOCKER, "/etc/docker/daemon.json", DOCKER_LOGS),
        Step("Load it; the containers of this host restart with Docker, unless live-restore is on. The bound holds "
             "for containers made from then on: make the others anew, here those of one compose file.", DOCKER, "shell",
             "systemctl restart docker\ndocker compose up --detach --force-recreate"),
    )  # fmt: skip


def logrotate(label: str) -> str:
    """The rules for the logs of a service."""
    return _LOGROTATE.format(label=label)


_BOUNDS: Final = """[Service]
CPUQuota={quota}%
CPUWeight=10
IOWeight=10
Nice=10
"""

JOURNAL: Final = """[Journal]
SystemMaxUse=1G
MaxRetentionSec=2week
"""

HOURLY: Final = """[Timer]
OnCalendar=
OnCalendar=hourly
AccuracySec=1min
RandomizedDelaySec=0
"""

DOCKER_LOGS: Final = """{
  "log-driver": "json-file",
  "log-opts": { "max-size": "100m", "max-file": "5" }
}
"""

_LOGROTATE: Final = """/var/log/{label}/*.log {{
  daily
  maxsize 100M
  rotate 7
  compress
  delaycompress
  missingok
  notifempty
  copytruncate
}}
"""
