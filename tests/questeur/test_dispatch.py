"""The entry points by which networkx finds the backend."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import networkx as nx

from questeur import dispatch, dispatch_info

ASKED = "import sys, networkx; print({'graph', 'numpy', 'igraph'} & sys.modules.keys())"


def test_networkx_knows_the_backend_and_its_functions() -> None:
    library: Any = nx
    said = library.utils.backends.backend_info["questeur"]
    functions = set(said["functions"])
    assert functions == set(dispatch.__all__) - {"can_run", "should_run", "convert_from_nx", "convert_to_nx"}
    assert said == dispatch_info.info()


def test_importing_networkx_imports_none_of_ours() -> None:
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"
