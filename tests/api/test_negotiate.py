"""Which format each Accept header gets, on each kind of route."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats import HTML, NAMES, Kind, data, offered
from api.negotiate import NoFormatError, choose
from ontology.errors import NotAcceptableError, NotFoundError, QueryError
from tests.api.conftest import BROWSER

_ROUTES: dict[str, tuple[Kind, ...]] = {
    "thing": ("document",),
    "list": ("list",),
    "network": ("network",),
    "select": ("rows",),
    "construct": ("graph",),
    "endpoint": ("document",),
}
# Accept -> format by route, in the order of _ROUTES; "" is 406.
_TABLE: dict[str | None, tuple[str, ...]] = {
    None: ("ttl", "json", "json", "json", "ttl", "ttl"),
    "": ("ttl", "json", "json", "json", "ttl", "ttl"),
    "  ": ("ttl", "json", "json", "json", "ttl", "ttl"),
    "*/*": ("ttl", "json", "json", "json", "ttl", "ttl"),
    BROWSER: ("html", "html", "html", "html", "html", "html"),
    "text/html": ("html", "html", "html", "html", "html", "html"),
    "TEXT/HTML": ("html", "html", "html", "html", "html", "html"),
    "text/html;level=1": ("html", "html", "html", "html", "html", "html"),
    "text/html;q=0.5, */*": ("ttl", "json", "json", "json", "ttl", "ttl"),
    "text/html;q=0, */*;q=0.1": ("ttl", "json", "json", "json", "ttl", "ttl"),
    "text/*": ("ttl", "csv", "csv", "csv", "ttl", "ttl"),
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"': ("jsonld", "", "", "", "jsonld", "jsonld"),
    "application/ld+json": ("jsonld", "", "", "", "jsonld", "jsonld"),
    "application/json": ("jsonld", "json", "json", "json", "jsonld", "jsonld"),
    "application/sparql-results+json": ("", "", "", "json", "", ""),
    "application/sparql-results+xml": ("", "", "", "xml", "", ""),
    "text/turtle;charset=utf-8": ("ttl", "", "", "", "ttl", "ttl"),
    'text/turtle; charset="utf-8"; q=0.7': ("ttl", "", "", "", "ttl", "ttl"),
    "application/x-turtle": ("ttl", "", "", "", "ttl", "ttl"),
    "application/xml": ("rdf", "", "", "xml", "rdf", "rdf"),
    "text/xml": ("rdf", "", "", "xml", "rdf", "rdf"),
    "application/rdf+xml": ("rdf", "", "", "", "rdf", "rdf"),
    "application/trig": ("trig", "", "", "", "trig", "trig"),
    "application/n-triples": ("nt", "", "", "", "nt", "nt"),
    "application/n-quads": ("nq", "", "", "", "nq", "nq"),
    "text/csv": ("", "csv", "csv", "csv", "", ""),
    "text/tab-separated-values": ("", "", "", "tsv", "", ""),
    "application/graphml+xml": ("", "", "graphml", "", "", ""),
    "application/gexf+xml": ("", "", "gexf", "", "", ""),
    "application/vnd.apache.parquet": ("", "parquet", "", "", "", ""),
    "text/turtle;q=0, */*": ("jsonld", "json", "json", "json", "jsonld", "jsonld"),
    "text/turtle;q=0.1, application/rdf+xml;q=0.9": ("rdf", "", "", "", "rdf", "rdf"),
    "text/csv, application/json;q=0.9": ("jsonld", "csv", "csv", "csv", "jsonld", "jsonld"),
    "*/*;q=0.1, application/*;q=0.5": ("jsonld", "json", "json", "json", "jsonld", "jsonld"),
    "application/*;q=0.2, application/trig;q=0.3": ("trig", "json", "json", "json", "trig", "trig"),
    "text/csv, */*": ("ttl", "csv", "csv", "csv", "ttl", "ttl"),
    "text/turtle,": ("ttl", "", "", "", "ttl", "ttl"),
    "image/png": ("", "", "", "", "", ""),
    "image/png, */*;q=0.01": ("ttl", "json", "json", "json", "ttl", "ttl"),
    "garbage": ("", "", "", "", "", ""),
    "text/turtle;q=2": ("", "", "", "", "", ""),
    "*/*;q=0": ("", "", "", "", "", ""),
}


@pytest.mark.parametrize("route", list(_ROUTES))
@pytest.mark.parametrize("accept", list(_TABLE), ids=[repr(accept)[:60] for accept in _TABLE])
def test_each_accept_header_gets_its_format(route: str, accept: str | None) -> None:
    expected = _TABLE[accept][list(_ROUTES).index(route)]
    on_offer = offered(*_ROUTES[route])
    if expected:
        assert choose(on_offer, accept=accept)[0].name == expected
    else:
        with pytest.raises(NoFormatError) as caught:
            choose(on_offer, accept=accept)
        assert caught.value.offered == on_offer
        assert all(fmt.name in caught.value.hint for fmt in on_offer)


def test_a_suffix_wins_over_format_over_accept() -> None:
    on_offer = offered("document")
    assert choose(on_offer, suffix="nt", named="ttl", accept="text/html")[0].name == "nt"
    assert choose(on_offer, named="ttl", accept="text/html")[0].name == "ttl"


def test_json_of_an_unknown_form_offers_both_meanings() -> None:
    names = [fmt.media_type for fmt in choose(offered("rows", "graph"), named="json")]
    assert names == ["application/sparql-results+json", "application/ld+json"]


def test_a_format_that_exists_elsewhere_is_406() -> None:
    with pytest.raises(NotAcceptableError):
        choose(offered("document"), suffix="gexf")


def test_a_suffix_that_is_no_format_is_404_and_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="ttll") as caught:
        choose(offered("document"), suffix="ttll")
    assert "did you mean ttl?" in caught.value.hint


def test_a_format_parameter_that_is_no_format_is_400() -> None:
    with pytest.raises(QueryError) as caught:
        choose(offered("document"), named="turtl")
    assert caught.value.code == "parameter"


@given(accept=st.text(st.characters(codec="latin-1"), max_size=80))
def test_any_header_gives_a_format_or_406_and_html_only_by_name(accept: str) -> None:
    try:
        chosen = choose(offered("document"), accept=accept)[0]
    except NoFormatError:
        return
    assert chosen is not HTML or "text/html" in accept.lower()


def test_every_name_of_a_format_finds_it() -> None:
    for name in NAMES:
        kinds: tuple[Kind, ...] = ("rows", "graph", "document", "list", "network", "feed", "citation")
        assert any(name in fmt.suffixes for fmt in (*data(*kinds), HTML))
