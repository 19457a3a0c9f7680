from __future__ import annotations

import pytest

from advisor_agent.executable import BUN, DENO, NODE, Executables, runtime_by_name


@pytest.mark.parametrize("path", ["/usr/bin/node", "/n/nodejs", "/n/node20", "/n/node-v22.1.0", "/n/node (deleted)"])
def test_names_of_node(path):
    assert runtime_by_name(path) == NODE


def test_names_of_bun_and_deno():
    names = ("/root/.bun/bin/bun", "/b/bun-profile", "/d/deno", "/d/deno (deleted)")
    assert [runtime_by_name(name) for name in names] == [BUN, BUN, DENO, DENO]


@pytest.mark.parametrize(
    "path", ["/usr/bin/node_exporter", "/n/nodetool", "/n/mynode", "/usr/bin/python3", "/b/bundle", "/d/denote", ""]
)
def test_other_names(path):
    assert runtime_by_name(path) == ""


@pytest.mark.parametrize(
    ("runtime", "content", "version"),
    [
        (BUN, b"Bun v1.4.5 node-v26.3.0 napi_create_function", "1.4.5"),
        (DENO, b"Deno/0.80.0 Deno/2.9.6 node-v21.2.0 napi_create_function", "2.9.6"),
        (BUN, b"napi_create_function", ""),
    ],
)
def test_each_runtime_says_its_own_version(runtime, content, version, tmp_path):
    (tmp_path / runtime).write_bytes(content)
    found = Executables().look(str(tmp_path / runtime), runtime)
    assert (found.runtime, found.version) == (runtime, version)


@pytest.mark.parametrize("runtime", [BUN, DENO])
def test_a_program_that_only_is_called_so_is_none(runtime, tmp_path):
    (tmp_path / runtime).write_bytes(b"Bun v1.4.5 Deno/2.9.6")
    assert Executables().look(str(tmp_path / runtime), runtime).runtime == ""


def test_a_program_that_only_is_called_node(tmp_path):
    (tmp_path / "node").write_bytes(b"\x7fELF" + b"substrate" * 100_000)
    assert Executables().look(str(tmp_path / "node"), NODE).runtime == ""


def test_marks_over_the_edge_of_two_pieces_are_found(tmp_path):
    edge = (1 << 18) - 9
    (tmp_path / "node").write_bytes(b"x" * edge + b"napi_create_function" + b"y" * edge + b"node-v22.11.0 ")
    found = Executables().look(str(tmp_path / "node"), NODE)
    assert (found.runtime, found.version) == (NODE, "22.11.0")


def test_debians_small_program_loads_libnode(tmp_path):
    (tmp_path / "node").write_bytes(b"\x7fELF\0libnode.so.108\0")
    found = Executables().look(str(tmp_path / "node"), NODE)
    assert (found.runtime, found.version) == (NODE, "")


def test_each_file_is_read_once_and_a_replaced_one_again(tmp_path):
    path, executables = tmp_path / "node", Executables()
    path.write_bytes(b"napi_create_function node-v20.0.0 ")
    assert executables.look(str(path), NODE) is executables.look(str(path), NODE)
    path.unlink()
    path.write_bytes(b"no longer")
    assert executables.look(str(path), NODE).runtime == ""


def test_an_unreadable_program_is_believed_by_its_name(tmp_path):
    assert Executables().look(str(tmp_path / "hidden"), NODE).runtime == NODE
