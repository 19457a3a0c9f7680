"""No secret leaves the host: not in a command line, nor in what is sent where command lines are off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from agents.contract.secret_forms import HARMLESS, SEED, Form, forms

from advisor_agent import redaction
from advisor_agent.claims import claims_of
from advisor_agent.cluster import assign_roles
from advisor_agent.collection import Collection, now
from advisor_agent.command import command_of
from advisor_agent.identity import linux_host, process_resource
from advisor_agent.log import Log
from advisor_agent.naming import name_of
from advisor_agent.otlp import Report, export
from advisor_agent.processes import Processes
from advisor_agent.redaction import HIDDEN, MOST_CHARACTERS, joined, redacted
from advisor_agent.system import linux
from fakes.agent import running, stopped
from fakes.node import SERVER, node
from fakes.sink import attributes

SEEDS = [SEED, int(os.environ.get("ADVISOR_SECRET_SEED", "1"))]


def described(leaks):
    return [f"{window} in {form.words}" for form, window in leaks if window]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_secret_is_taken_out_of_its_words(seed):
    made = forms(seed)
    print(f"{len(made)} forms of secrets, seed {seed}")
    assert len(made) >= 300
    words = (["node", "server.js", *form.words, "--port", "3000"] for form in made)
    assert described((form, form.leaks(joined(redacted(line)))) for form, line in zip(made, words)) == []


def test_a_test_that_leaves_the_secrets_in_would_say_so():
    made = forms()
    assert all(form.leaks(" ".join(form.words)) for form in made)
    assert len({part for form in made for part in form.parts}) >= len(made)


def test_ordinary_words_stay_as_they_are():
    assert len(HARMLESS) >= 60
    assert [(word, shown) for word in HARMLESS if (shown := redacted([word])) != [word]] == []
    every_word = [word for word in HARMLESS if word not in ("-C", "--retry")]
    assert redacted(every_word) == every_word


def test_what_stands_after_a_secret_stays():
    words = ["--password", "hunter2", "--port", "3000", "-phunter2", "a.js", "--token=x", "b.js"]
    assert redacted(words) == [
        "--password",
        HIDDEN,
        "--port",
        "3000",
        f"-p{HIDDEN}",
        "a.js",
        f"--token={HIDDEN}",
        "b.js",
    ]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["--db={\"password\": \"a b\", \"port\": 3000}"], ["--db={\"password\": \"[redacted]\", \"port\": 3000}"]),
        (["https://me:pw@example.org/a?b=1"], ["https://[redacted]@example.org/a?b=1"]),
        (["https://example.org/?page=2&token=abc&limit=1"], ["https://example.org/?page=2&token=[redacted]&limit=1"]),
        (["Server=db;Password=a b;Port=1"], ["Server=db;Password=[redacted];Port=1"]),
        (["--password", "--port", "3000"], ["--password", "--port", "3000"]),
        (["--password", "none"], ["--password", "none"]),
        (["/srv/AKIAIOSFODNN7EXAMPLE/a.js"], ["/srv/[redacted]/a.js"]),
        (["x" * 600], [HIDDEN]),
        ([""], [""]),
    ],
)  # fmt: skip
def test_no_more_than_the_secret_is_taken_out(words, shown):
    assert redacted(words) == shown


def test_a_line_ends_between_two_words():
    line = joined(["word"] * 1000)
    assert len(line) <= MOST_CHARACTERS + 4
    assert set(line.split()) == {"word", "..."}


def sent(machine, keeps_lines):
    """Every byte about processes, whose figures are left out: there are too many for a test."""
    processes = Processes(machine.kernel, keeps_lines=keeps_lines).scan()
    assign_roles(processes)
    host = linux_host(machine.kernel)
    return readable(export([Report(process_resource(host, one), []) for one in processes], now()))


def readable(text):
    """An export without escapes, in which a secret could hide."""
    return json.dumps(json.loads(text), ensure_ascii=False)


def test_no_secret_is_in_a_whole_export(machine):
    made = forms()[::40]
    for number, form in enumerate(made):
        machine.node(1000 + number, f"/srv/{number}/app.js", *form.words)
    moment = now()
    text = readable(export(Collection(linux(machine.kernel, keeps_lines=True), Log()).collect(moment), moment))
    assert described((form, form.leaks(text)) for form in made) == []
    assert text.count("process.command_line") == len(made)


def test_no_secret_of_a_process_is_sent(machine, capsys):
    made = forms()[::3]
    assert len(made) >= 300
    for number, form in enumerate(made):
        foreign = f"service.namespace=acme,db.url={quote(form.words[-1])},{form.words[0]}"
        variables = {"APP": " ".join(form.words), "OTEL_RESOURCE_ATTRIBUTES": foreign}
        machine.node(1000 + number, f"/srv/{number}/app.js", *form.words, environ=variables)
    machine.write("srv/package.json", json.dumps({"name": "shop", "scripts": {"start": made[0].words}}))
    for keeps_lines in (False, True):
        text = sent(machine, keeps_lines) + "".join(capsys.readouterr())
        assert described((form, form.leaks(text)) for form in made) == []
        assert text.count("process.command_line") == (len(made) if keeps_lines else 0)


def names_of(form: Form) -> str:
    """All that is sent of processes whose names hold a secret, wherever a name comes from."""
    text = joined(form.words)
    attributes = ",".join(f"{key}={quote(text)}" for key in ("service.version", "k8s.pod.name", "container.name"))
    claims = claims_of(f"OTEL_RESOURCE_ATTRIBUTES={attributes}\0OTEL_SERVICE_NAME={text}\0pm_id=0\0name={text}")
    titled = command_of(f"node /srv/a.js {text}\0\0\0", "")
    package = json.dumps({"name": text, "version": text})
    found = name_of(lambda path: package, claims_of(""), command_of("node\0/srv/a.js", ""), "", "")
    return repr((claims.resource, claims.pm2_name, titled.shown, found.text, found.version))


def test_no_secret_in_a_name_is_sent():
    assert described((form, form.leaks(names_of(form))) for form in forms()) == []


def test_an_id_that_holds_a_secret_is_left_out():
    assert claims_of("OTEL_RESOURCE_ATTRIBUTES=service.instance.id=password:hunter2").resource == {}


def test_ids_that_tell_processes_apart_stay(machine):
    told = {"service.instance.id": "0af7651916cd43dd8448eb211c80319c", "container.id": "3f" * 32}
    environ = {"OTEL_RESOURCE_ATTRIBUTES": ",".join(f"{key}={value}" for key, value in told.items())}
    machine.node(100, "/srv/a.js", environ=environ)
    text = sent(machine, False)
    assert all(value in text for value in told.values())


def test_half_a_secret_at_the_end_of_a_long_line_is_left_out(machine):
    machine.node(100, "/srv/a.js", *["--verbose"] * 405, "eyJhbGciOiJIUzI1NiJ9.eyJ" + "S3cret" * 40)
    assert "S3cret" not in sent(machine, True)


def test_the_rules_are_the_servers_too():
    server = Path(redaction.__file__).parents[4] / "advisor/ingest/redaction.py"
    assert Path(redaction.__file__).read_text() == server.read_text()


def test_they_are_only_loaded_where_they_are_needed(machine):
    machine.node(100, "/srv/shop/main.js", environ={"OTEL_SERVICE_NAME": "@acme/checkout-service"})
    code = (
        "import sys; from advisor_agent.kernel import Kernel; from advisor_agent.processes import Processes;"
        f"[found] = Processes(Kernel({str(machine.root)!r}), keeps_lines=sys.argv[1] == 'on').scan();"
        "print('advisor_agent.redaction' in sys.modules)"
    )
    environ = {"PYTHONPATH": str(Path(redaction.__file__).parents[1])}
    told = [subprocess.check_output([sys.executable, "-c", code, switch], env=environ) for switch in ("off", "on")]
    assert told == [b"False\n", b"True\n"]


@pytest.mark.parametrize(("switch", "line"), [("on", "--password=[redacted]"), ("off", "")])
def test_a_real_process_and_a_real_agent(sink, tmp_path, switch, line):
    settings = {"ADVISOR_COMMAND_LINES": switch}
    with node(tmp_path / "server.js", SERVER) as server, running(sink.url, tmp_path / "state", **settings) as agent:
        found = sink.next_with("process.pid", str(server.pid))
        said = stopped(agent)
    told = attributes(found).get("process.command_line", "")
    assert told.endswith(line)
    assert bool(told) == (switch == "on")
    assert "s3cret" not in json.dumps(found) + said
