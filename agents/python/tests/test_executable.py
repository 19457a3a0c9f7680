from __future__ import annotations

import pytest

from advisor_agent.executable import Executables, has_node_name


@pytest.mark.parametrize("path", ["/usr/bin/node", "/n/nodejs", "/n/node20", "/n/node-v22.1.0", "/n/node (deleted)"])
def test_names_of_node(path):
    assert has_node_name(path)


@pytest.mark.parametrize("path", ["/usr/bin/node_exporter", "/n/nodetool", "/n/mynode", "/usr/bin/python3", ""])
def test_other_names(path):
    assert not has_node_name(path)


def test_a_program_that_only_is_called_node(tmp_path):
    (tmp_path / "node").write_bytes(b"\x7fELF" + b"substrate" * 100_000)
    assert not Executables().look(str(tmp_path / "node")).is_node


def test_marks_over_the_edge_of_two_pieces_are_found(tmp_path):
    edge = (1 << 18) - 9
    (tmp_path / "node").write_bytes(b"x" * edge + b"napi_create_function" + b"y" * edge + b"node-v22.11.0 ")
    found = Executables().look(str(tmp_path / "node"))
    assert (found.is_node, found.version) == (True, "22.11.0")


def test_debians_small_program_loads_libnode(tmp_path):
    (tmp_path / "node").write_bytes(b"\x7fELF\0libnode.so.108\0")
    found = Executables().look(str(tmp_path / "node"))
    assert (found.is_node, found.version) == (True, "")


def test_each_file_is_read_once_and_a_replaced_one_again(tmp_path):
    path, executables = tmp_path / "node", Executables()
    path.write_bytes(b"napi_create_function node-v20.0.0 ")
    assert executables.look(str(path)) is executables.look(str(path))
    path.unlink()
    path.write_bytes(b"no longer")
    assert not executables.look(str(path)).is_node


def test_an_unreadable_program_is_believed_by_its_name(tmp_path):
    assert Executables().look(str(tmp_path / "hidden")).is_node
