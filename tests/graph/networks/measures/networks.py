"""Random bipartite networks, for properties."""

from __future__ import annotations

from hypothesis import strategies as st

from graph.networks.measures.measured import bipartite

pairs = st.tuples(st.integers(0, 5), st.integers(0, 4))
triples = st.dictionaries(pairs, st.integers(1, 9), min_size=1, max_size=20).map(
    lambda cells: [(f"d{i}", f"m{j}", weight) for (i, j), weight in sorted(cells.items())]
)
networks = triples.map(bipartite)
