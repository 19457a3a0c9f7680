from __future__ import annotations

import subprocess
import sys
import zipapp

import pytest

from advisor_agent import collectors
from advisor_agent.modules import found_modules
from fakes.agent import SOURCE

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from advisor_agent import collectors, errands
from advisor_agent.modules import found_modules
print(*(module.__name__ for module in found_modules(collectors)))
print("inspect" in sys.modules)
"""


def names_in(place):
    """What is found of an agent that lies there, and whether that cost memory."""
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", PROGRAM, place], capture_output=True, text=True, check=True
    )
    names, is_dear = done.stdout.splitlines()
    assert is_dear == "False"
    return names.split()


@pytest.mark.parametrize("options", [{}, {"compressed": True}, {"interpreter": "/usr/bin/env python3"}])
def test_a_zip_holds_the_same_modules_as_the_folder(tmp_path, options):
    archive = tmp_path / "agent.pyz"
    zipapp.create_archive(SOURCE, archive, main="advisor_agent.__main__:main", **options)
    assert names_in(archive) == names_in(SOURCE) == [module.__name__ for module in found_modules(collectors)]


def test_what_lies_deeper_or_is_no_module_is_left_out(tmp_path, monkeypatch):
    package = tmp_path / "shelf"
    (package / "deeper").mkdir(parents=True)
    for name in ("__init__.py", "book.py", "note.txt", "deeper/page.py"):
        (package / name).write_text("")
    archive = tmp_path / "shelf.pyz"
    zipapp.create_archive(tmp_path, archive, main="shelf:none", filter=lambda path: path.parts[0] == "shelf")
    monkeypatch.syspath_prepend(str(archive))
    import shelf

    assert [module.__name__ for module in found_modules(shelf)] == ["shelf.book"]
