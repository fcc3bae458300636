"""THE table of formats: suffix, media type, aliases, and the kinds of answer each can carry. Knows no request.

The order is the server's preference. A suffix may stand for two formats (``json`` is SPARQL results for rows and
JSON-LD for a graph): the kind of answer decides between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "rows", "boolean", "graph", "document", "list", "network", "matrix", "run", "vocabulary", "feed", "citation"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write an answer. The first of ``suffixes`` is its name; ``aliases`` are asked for, never sent.

    ``names`` are what other programs call it in ``?format=``: SPARQLWrapper says "turtle", "json-ld" and "rdf+xml".
    """

    suffixes: tuple[str, ...]
    media_type: str
    kinds: frozenset[Kind]
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name the format as ``?format=`` and its suffix do."""
        return self.suffixes[0]

    def called(self, name: str) -> bool:
        """Say whether ``?format=`` means this by a name that is no suffix: of other programs, or its media type."""
        return name in self.names or name in self.aliases or name == self.media_type

    @property
    def content_type(self) -> str:
        """Give the header's value; text is always UTF-8, and says so."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


_ROWS: frozenset[Kind] = frozenset({"rows"})
_RESULTS: frozenset[Kind] = frozenset({"rows", "boolean"})
_RDF: frozenset[Kind] = frozenset({"graph", "document"})
_TRIPLES: frozenset[Kind] = frozenset({"graph", "document", "vocabulary"})
_TABLES: frozenset[Kind] = frozenset({"list", "network", "matrix"})
_JSON: frozenset[Kind] = frozenset({"list", "network", "matrix", "vocabulary"})
_NETWORK: frozenset[Kind] = frozenset({"network"})
_RUN: frozenset[Kind] = frozenset({"run"})
_CITATION: frozenset[Kind] = frozenset({"citation"})

HTML = Format(
    suffixes=("html",),
    media_type="text/html",
    kinds=frozenset(get_args(Kind)),
)
_XML = ("application/xml", "text/xml")

FORMATS: tuple[Format, ...] = (
    HTML,
    Format(
        suffixes=("json",),
        media_type="application/sparql-results+json",
        kinds=_RESULTS,
        aliases=("application/json",),
    ),
    Format(suffixes=("xml",), media_type="application/sparql-results+xml", kinds=_RESULTS, aliases=_XML),
    Format(
        suffixes=("ttl",),
        media_type="text/turtle",
        kinds=_TRIPLES | _RUN,
        aliases=("application/x-turtle",),
        names=("turtle", "n3"),  # Turtle is N3 too
    ),
    Format(suffixes=("json",), media_type="application/json", kinds=_JSON),
    Format(suffixes=("csv",), media_type="text/csv", kinds=_ROWS | _TABLES),
    Format(
        suffixes=("parquet",),
        media_type="application/vnd.apache.parquet",
        kinds=frozenset({"list"}),
        aliases=("application/x-parquet", "application/parquet"),
    ),
    Format(
        suffixes=("atom",),
        media_type="application/atom+xml",
        kinds=frozenset({"feed"}),
        aliases=("application/rss+xml",),
    ),
    Format(suffixes=("tsv",), media_type="text/tab-separated-values", kinds=_ROWS),
    Format(suffixes=("graphml",), media_type="application/graphml+xml", kinds=_NETWORK),
    Format(suffixes=("gexf",), media_type="application/gexf+xml", kinds=_NETWORK),
    Format(suffixes=("nodelink",), media_type="application/vnd.networkx+json", kinds=_NETWORK),
    Format(suffixes=("cytoscape",), media_type="application/vnd.cytoscape+json", kinds=_NETWORK),
    Format(suffixes=("graphology",), media_type="application/vnd.graphology+json", kinds=_NETWORK),
    Format(suffixes=("jgf",), media_type="application/vnd.jgf+json", kinds=_NETWORK),
    Format(suffixes=("net",), media_type="application/vnd.pajek", kinds=_NETWORK),
    Format(suffixes=("zip",), media_type="application/zip", kinds=_NETWORK),
    Format(
        suffixes=("jsonld", "json"),
        media_type="application/ld+json",
        kinds=_TRIPLES,
        aliases=("application/json",),
        names=("json-ld",),
    ),
    Format(suffixes=("trig",), media_type="application/trig", kinds=_RDF, aliases=("application/x-trig",)),
    Format(suffixes=("nt",), media_type="application/n-triples", kinds=_TRIPLES, names=("ntriples", "n-triples")),
    Format(
        suffixes=("nq",),
        media_type="application/n-quads",
        kinds=_RDF,
        aliases=("text/x-nquads",),
        names=("nquads", "n-quads"),
    ),
    Format(
        suffixes=("rdf", "xml"),
        media_type="application/rdf+xml",
        kinds=_TRIPLES,
        aliases=_XML,
        names=("rdf+xml", "rdfxml"),
    ),
    Format(suffixes=("bib",), media_type="application/x-bibtex", kinds=_CITATION, aliases=("text/x-bibtex",)),
    Format(suffixes=("ris",), media_type="application/x-research-info-systems", kinds=_CITATION),
    Format(suffixes=("csl",), media_type="application/vnd.citationstyles.csl+json", kinds=_CITATION),
)

NAMES: tuple[str, ...] = tuple(dict.fromkeys(suffix for fmt in FORMATS for suffix in fmt.suffixes))


def offered(*kinds: Kind) -> tuple[Format, ...]:
    """List the formats that can carry any of the kinds, in the server's order."""
    return tuple(fmt for fmt in FORMATS if not fmt.kinds.isdisjoint(kinds))


def data(*kinds: Kind) -> tuple[Format, ...]:
    """List the same without HTML."""
    return tuple(fmt for fmt in offered(*kinds) if fmt is not HTML)


RUN: Format = data("run")[0]  # the one way to write a run
