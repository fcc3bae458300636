"""What happens to the text of a module on its way into the wheel."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hatch_build import FOLDERS, rewrite


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        ("from graph import store\n", "from questeur.graph import store\n"),
        ("from graph.store import Store\n", "from questeur.graph.store import Store\n"),
        ("from   graph.store import Store", "from   questeur.graph.store import Store"),
        ("from \\\n  graph . store import Store\n", "from \\\n  questeur.graph . store import Store\n"),
        (
            "x = 1; from api import a; from graph import b\n",
            "x = 1; from questeur.api import a; from questeur.graph import b\n",
        ),
        ("é = 'é'; from api import a\n", "é = 'é'; from questeur.api import a\n"),
        ("def f():\n\tfrom loaders import a as b\n", "def f():\n\tfrom questeur.loaders import a as b\n"),
        (
            "from ontology.a import (\n    b,  # c\n    d,\n)\r\n",
            "from questeur.ontology.a import (\n    b,  # c\n    d,\n)\r\n",
        ),
        ("a = '\x0c\x1c\u2028'\nfrom api import b\n", "a = '\x0c\x1c\u2028'\nfrom questeur.api import b\n"),
    ],
)
def test_an_import_from_a_folder_goes_through_the_package(text: str, packed: str) -> None:
    assert rewrite(text, "m.py") == packed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "from graphs import a\n",
        "from questeur.graph import a\n",
        "from . import graph\nfrom .graph import a\nfrom ..api.graph import b\n",
        "import graphlib, loaders_of_others\n",
        '"""\nfrom graph comes each answer:\n\nfrom graph import a\n"""\n',
        "a = 'from api import b'  # from api import b\n",
        "graph = api = 1\nraise ValueError from graph\n",
        "def f():\n    yield from graph\n",
    ],
)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert rewrite(text, "m.py") == text


@pytest.mark.parametrize(
    "text", ["import graph", "import graph.store as store", "import os, api.app", "def f():\n  import loaders"]
)
def test_a_plain_import_of_a_folder_is_refused_with_its_place_and_the_right_form(text: str) -> None:
    with pytest.raises(SyntaxError, match="write 'from ") as caught:
        rewrite("'''one'''\n" + text, "graph/m.py")
    assert caught.value.filename == "graph/m.py"
    assert caught.value.lineno == 1 + text.count("\n") + 1


def test_what_is_not_python_is_refused_with_its_place() -> None:
    with pytest.raises(SyntaxError) as caught:
        rewrite("from graph import\n", "graph/m.py")
    assert (caught.value.filename, caught.value.lineno) == ("graph/m.py", 1)


NAMES = st.sampled_from((*FOLDERS, "questeur", "os", "graphs", "été"))
BLANKS = st.sampled_from((" ", "\t", "  ", " \\\n ", "\\\r\n"))
ENDS = st.sampled_from(("\n", "\r\n", "\n\n", "; ", "  # from api import x\n", "\n'''\nfrom api import x\n'''\n"))


@st.composite
def imports(draw: st.DrawFn) -> str:
    """Draw one import statement, or a line that only looks like one."""
    module = ".".join([draw(NAMES), *draw(st.lists(NAMES, max_size=2))])
    dots = draw(st.sampled_from(("", "", "", ".", "..")))
    return f"from{draw(BLANKS)}{dots}{module}{draw(BLANKS)}import{draw(BLANKS)}{draw(NAMES)} as é{draw(ENDS)}"


@settings(deadline=None)  # the machine may be busy
@given(st.lists(imports(), max_size=6).map(lambda statements: "".join(statements) + "x = 1\n"))
def test_packing_changes_the_modules_of_absolute_imports_and_nothing_else(text: str) -> None:
    packed = rewrite(text, "m.py")
    expected = ast.parse(text)
    for node in ast.walk(expected):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module and node.module.split(".")[0] in FOLDERS:
            node.module = f"questeur.{node.module}"
    assert ast.dump(ast.parse(packed)) == ast.dump(expected)
    assert packed.count("\n") == text.count("\n")
    assert rewrite(packed, "m.py") == packed
