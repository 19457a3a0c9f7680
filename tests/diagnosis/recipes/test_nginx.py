"""NGINX: a real one accepts every variant, and keeps a client where its cookie says."""

from __future__ import annotations

import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.nginx import NAME, Choice, Site, configuration, steps, upstream
from tests.strategies.tools.nginx import complaints, serving

SITE = Site("shop", ("web-1:3000", "web-2:3000", "web-3:3000"))


@pytest.mark.parametrize(("choice", "websockets", "tls"), [*product(Choice, (False, True), (False, True))])
def test_nginx_accepts_every_variant(choice: Choice, websockets: bool, tls: bool, tmp_path: Path) -> None:
    if tls:
        certificate(tmp_path)
    for static, files, answers in (
        ((), False, ()),
        (("/assets/",), True, ("= /products",)),
        ((), False, ("/products/",)),
    ):
        site = replace(SITE, choice=choice, websockets=websockets, tls=tls, static=static, files=files,
                       answers=answers, draining=("web-2:3000",), weights=(3, 1, 2))  # fmt: skip
        assert complaints(configuration(site), tmp_path) == ""


def test_nginx_would_say_what_is_wrong(tmp_path: Path) -> None:
    assert "leest_conn" in complaints(configuration(SITE).replace("least_conn", "leest_conn"), tmp_path)


def test_names_become_what_nginx_takes(tmp_path: Path) -> None:
    site = replace(SITE, name="a/b c", choice=Choice.COOKIE, websockets=True)
    assert complaints(configuration(site), tmp_path) == ""
    assert steps(site, "Why")[0].file == "/etc/nginx/conf.d/a_b_c.conf"


def test_a_server_that_drains_is_named_and_gets_nothing() -> None:
    found = upstream(replace(SITE, draining=("web-2:3000",)))
    assert re.findall(r"server (\S+) .* down;", found) == ["web-2:3000"]


@pytest.mark.parametrize("choice", [Choice.ROUND_ROBIN, Choice.LEAST_CONNECTIONS])
def test_a_server_gets_requests_by_its_weight(choice: Choice, tmp_path: Path) -> None:
    site = replace(SITE, servers=("web-1:3000", "web-2:3000"), weights=(3, 1), choice=choice)
    with server("a") as fast, server("b") as slow, serving(configuration(site), [fast, slow], tmp_path) as port:
        assert Counter(ask(port)[0] for _ in range(12)) == {"a": 9, "b": 3}
    assert "weight" not in configuration(SITE)


def test_health_is_checked_passively_and_it_says_so() -> None:
    assert "# Passive health checks" in configuration(SITE)
    assert configuration(SITE).count("max_fails=2 fail_timeout=5s") == 3
    assert "health_check" not in configuration(SITE)


def test_plain_connections_are_kept_open_and_sockets_upgraded() -> None:
    assert 'proxy_set_header Connection "";' in configuration(SITE)
    upgraded = configuration(replace(SITE, websockets=True))
    assert "proxy_set_header Connection $connection_of_shop;" in upgraded
    assert "proxy_read_timeout 1h;" in upgraded


def test_a_client_stays_where_its_cookie_says(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ports = [stack.enter_context(server(name)) for name in ("a", "b", "c")]
        port = stack.enter_context(serving(configuration(replace(SITE, choice=Choice.COOKIE)), ports, tmp_path))
        first = [ask(port) for _ in range(30)]
        assert len(Counter(name for name, _ in first)) == 3, "clients without a cookie spread over all servers"
        for name, cookie in first:
            assert [ask(port, cookie) for _ in range(3)] == [(name, "")] * 3


def test_requests_go_on_while_a_server_drains_or_is_gone(tmp_path: Path) -> None:
    with server("a") as kept, server("b") as drained:
        gone = 1  # nobody listens there
        site = replace(SITE, choice=Choice.ROUND_ROBIN, draining=("web-2:3000",))
        with serving(configuration(site), [kept, drained, gone], tmp_path) as port:
            assert Counter(ask(port)[0] for _ in range(12)) == {"a": 12}


def test_files_come_from_the_disk_and_the_rest_from_the_service(tmp_path: Path) -> None:
    site = replace(SITE, servers=("web-1:3000",), static=("/assets/",))
    (tmp_path / "srv-shop/public/assets").mkdir(parents=True)
    (tmp_path / "srv-shop/public/assets/app.js").write_text("on disk")
    with server("a") as only, serving(configuration(site), [only], tmp_path) as port:
        assert ask(port, path="/assets/app.js")[0] == "on disk"
        assert ask(port, path="/assets/other.js")[0] == "a"
        assert ask(port, path="/orders")[0] == "a"


def test_two_services_and_the_page_of_the_distribution_live_on_one_nginx(tmp_path: Path) -> None:
    """The first server of a port gets what no other is named for, and files are read in the order of their names."""
    other = replace(SITE, name="blog", servers=("web-1:4000",))
    welcome = 'server {\n  listen 80 default_server;\n  return 200 "welcome";\n}\n'
    both = configuration(replace(SITE, servers=("web-1:3000",))), configuration(other)
    code = "\n".join([welcome, both[0].replace(NAME, "shop.test"), both[1].replace(NAME, "blog.test")])
    with server("shop") as first, server("blog") as second, serving(code, [first, second], tmp_path) as port:
        assert [ask(port, host=host)[0] for host in ("shop.test", "blog.test", "other.test")] == [
            "shop", "blog", "welcome",
        ]  # fmt: skip


def test_an_answer_is_kept_for_the_name_that_it_was_given_under(tmp_path: Path) -> None:
    site = replace(SITE, servers=("web-1:3000",), answers=("= /products",))
    code = configuration(site).replace(NAME, "one.test two.test")
    with server("") as only, serving(code, [only], tmp_path) as port:
        assert [ask(port, path="/products", host=host)[0] for host in ("one.test", "one.test", "two.test")] == [
            "one.test 1", "one.test 1", "two.test 2",
        ]  # fmt: skip


def test_the_steps_make_the_folder_and_ask_the_service_by_its_name() -> None:
    _, load = steps(replace(SITE, static=("/assets/",)), "Why.")
    assert load.code.startswith("mkdir -p /var/cache/nginx\nnginx -t")
    assert f"http://{NAME}/" in load.code
    assert "mkdir" not in steps(SITE, "Why.")[1].code
    assert f"{NAME}:443:127.0.0.1 https://" in steps(replace(SITE, tls=True), "Why.")[1].code


def test_what_is_no_name_for_nginx_is_made_one(tmp_path: Path) -> None:
    site = replace(SITE, servers=("Anna's laptop:3000", "web-2:3000"), draining=("Anna's laptop:3000",))
    assert complaints(configuration(site), tmp_path) == ""
    assert "server Anna-s-laptop:3000 max_fails=2 fail_timeout=5s down;" in configuration(site)


def ask(port: int, cookie: str = "", path: str = "/", host: str = NAME) -> tuple[str, str]:
    """Who answered, and the cookie that came with it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host} | ({"Cookie": cookie} if cookie else {}))
    answer = connection.getresponse()
    body, given = answer.read().decode(), answer.getheader("Set-Cookie", "")
    connection.close()
    return body, given.partition(";")[0]


@contextmanager
def server(name: str) -> Iterator[int]:
    """The port of a server that answers with its name; one without with the asked host, and how often it was asked."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(str(self.headers["Host"]))
            said = name or f"{asked[-1]} {len(asked)}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.send_header("Cache-Control", "max-age=0" if name else "max-age=60")
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Tests are silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


def certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", folder / "shop.key", "-out", folder / "shop.crt", "-subj", "/CN=shop", "-days", "1"],
        check=True, capture_output=True,
    )  # fmt: skip
