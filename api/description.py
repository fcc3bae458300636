"""What the service says of itself: a SPARQL 1.1 Service Description, and VoID with DCAT at a well-known place.

Knows the counts a generation carries; asks the store no query for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, request
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, VOID, XSD

from api.context import public_url, service
from api.formats import HTML, data
from api.negotiate import choose
from api.pages import render
from api.rdf import written
from ontology.iris import BASE, NS, thing
from ontology.terms import QST
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from api.formats import Format
    from graph.store import Counts, Freshness

blueprint = Blueprint("description", __name__)

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_W3C_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_FORMAT_IRIS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "TriG",
    "N-Triples",
    "N-Quads",
    "RDF_XML",
    "JSON-LD",
)
_LICENCE = URIRef("https://www.etalab.gouv.fr/licence-ouverte-open-licence/")


def service_description(fmt: Format) -> Response:
    """Give the form, or the description in the format asked for."""
    if fmt is HTML:
        return render("sparql.html", query="", result=None, alternates=data("document"))
    return _written(_service(), fmt)


@blueprint.get("/.well-known/void")
@blueprint.get("/void")
def dataset_description() -> Response:
    """Describe the dataset: its size, classes, properties and graphs, and where it can be asked."""
    fmt = choose(data("document"), named=request.args.get("format"), accept=request.headers.get("Accept"))[0]
    return _written(_dataset(), fmt)


def _written(graph: Graph, fmt: Format) -> Response:
    response = Response(written(graph, fmt), content_type=fmt.content_type)
    response.vary.add("Accept")
    return response


def _empty() -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in {**PREFIXES, "sd": str(_SD), "formats": str(_W3C_FORMATS)}.items():
        graph.bind(prefix, namespace)
    return graph


def _service() -> Graph:
    """Describe the endpoint: what it is called, speaks and writes, and the dataset behind it."""
    current = service()
    endpoint = URIRef(f"{public_url()}/sparql")
    graph = _empty()
    graph.add((endpoint, RDF.type, _SD.Service))
    graph.add((endpoint, _SD.endpoint, endpoint))
    graph.add((endpoint, _SD.supportedLanguage, _SD.SPARQL11Query))
    for name in _FORMAT_IRIS:
        graph.add((endpoint, _SD.resultFormat, _W3C_FORMATS[name]))
    if current.store.capabilities.union_default:
        graph.add((endpoint, _SD.feature, _SD.UnionDefaultGraph))
    if current.store.capabilities.services:
        graph.add((endpoint, _SD.feature, _SD.BasicFederatedQuery))
    if current.writing is not None:
        _updating(graph, URIRef(f"{public_url()}/update"))
    dataset = URIRef(f"{endpoint}#dataset")
    graph.add((endpoint, _SD.defaultDataset, dataset))
    graph.add((endpoint, _SD.availableGraphs, dataset))
    graph.add((dataset, RDF.type, _SD.Dataset))
    graph.add((dataset, RDF.type, _SD.GraphCollection))
    default = URIRef(f"{endpoint}#default-graph")
    graph.add((dataset, _SD.defaultGraph, default))
    graph.add((default, RDF.type, _SD.Graph))
    counts = current.store.counts()
    if counts is not None:
        graph.add((default, VOID.triples, Literal(counts.quads)))
        for name, triples in sorted(counts.graphs.items()):
            _named_graph(graph, dataset, name, triples)
    limits = f"Deadline {current.settings.deadline:g} s, answers of at most {current.settings.max_bytes:,} bytes."
    graph.add((endpoint, RDFS.comment, Literal(limits, lang="en")))
    graph.add((endpoint, RDFS.label, Literal(f"{current.settings.title}, {current.store.generation()}")))
    return graph


def _updating(graph: Graph, endpoint: URIRef) -> None:
    """Describe where updates are sent: another address, and so another service."""
    graph.add((endpoint, RDF.type, _SD.Service))
    graph.add((endpoint, _SD.endpoint, endpoint))
    graph.add((endpoint, _SD.supportedLanguage, _SD.SPARQL11Update))


def _named_graph(graph: Graph, dataset: URIRef, name: str, triples: int) -> None:
    entry, content = BNode(), BNode()
    graph.add((dataset, _SD.namedGraph, entry))
    graph.add((entry, RDF.type, _SD.NamedGraph))
    graph.add((entry, _SD.name, URIRef(name)))
    graph.add((entry, _SD.graph, content))
    graph.add((content, RDF.type, _SD.Graph))
    graph.add((content, VOID.triples, Literal(triples)))


def _dataset() -> Graph:
    """Describe the data as a dataset of VoID and of DCAT, and the endpoint as its service."""
    current = service()
    home = public_url()
    dataset, endpoint = URIRef(f"{home}/.well-known/void#dataset"), URIRef(f"{home}/sparql")
    graph = _empty()
    for kind in (VOID.Dataset, DCAT.Dataset):
        graph.add((dataset, RDF.type, kind))
    graph.add((dataset, DCTERMS.title, Literal(current.settings.title)))
    graph.add((dataset, DCTERMS.license, _LICENCE))
    graph.add((dataset, DCTERMS.language, Literal("fr")))
    graph.add((dataset, DCTERMS.identifier, Literal(current.store.generation())))
    graph.add((dataset, FOAF.homepage, URIRef(f"{home}/")))
    graph.add((dataset, DCAT.landingPage, URIRef(f"{home}/")))
    graph.add((dataset, VOID.sparqlEndpoint, endpoint))
    if current.shelves.data is not None:
        graph.add((dataset, VOID.dataDump, URIRef(f"{home}/downloads/latest/graph.nq.gz")))
    graph.add((dataset, VOID.uriSpace, Literal(BASE)))
    for vocabulary in (NS, PREFIXES["skos"], PREFIXES["dcterms"], PREFIXES["org"], PREFIXES["prov"]):
        graph.add((dataset, VOID.vocabulary, URIRef(vocabulary)))
    graph.add((endpoint, RDF.type, DCAT.DataService))
    graph.add((endpoint, DCAT.endpointURL, endpoint))
    graph.add((endpoint, DCAT.servesDataset, dataset))
    _sources(graph, dataset, current.store.freshness())
    counts = current.store.counts()
    if counts is not None:
        _partitions(graph, dataset, counts, home)
    return graph


def _sources(graph: Graph, dataset: URIRef, freshness: Freshness) -> None:
    """Add of which day the data are, source by source; a source that nothing dates has no day."""
    if freshness.date is not None:
        graph.add((dataset, DCTERMS.modified, Literal(freshness.date)))
    for source in freshness.sources:
        snapshot = URIRef(thing("snapshot", source.snapshot))
        graph.add((dataset, PROV.wasDerivedFrom, snapshot))
        graph.add((snapshot, RDF.type, PROV.Entity))
        graph.add((snapshot, DCTERMS.title, Literal(source.file)))
        graph.add((snapshot, QST.sha256, Literal(source.sha256)))
        if source.date is not None:
            graph.add((snapshot, DCTERMS.modified, Literal(source.date)))


def _partitions(graph: Graph, dataset: URIRef, counts: Counts, home: str) -> None:
    """Add how much there is of what."""
    graph.add((dataset, VOID.triples, Literal(counts.quads)))
    for name, entities in sorted(counts.classes.items()):
        part = BNode()
        graph.add((dataset, VOID.classPartition, part))
        graph.add((part, VOID["class"], URIRef(name)))
        graph.add((part, VOID.entities, Literal(entities)))
    for name, triples in sorted(counts.predicates.items()):
        part = BNode()
        graph.add((dataset, VOID.propertyPartition, part))
        graph.add((part, VOID.property, URIRef(name)))
        graph.add((part, VOID.triples, Literal(triples)))
    for name, triples in sorted(counts.graphs.items()):
        subset, file = URIRef(name), BNode()
        graph.add((dataset, VOID.subset, subset))
        graph.add((subset, RDF.type, VOID.Dataset))
        graph.add((subset, VOID.triples, Literal(triples)))
        graph.add((subset, DCAT.distribution, file))
        graph.add((file, RDF.type, DCAT.Distribution))
        address = f"{home}/data?graph={quote(name, safe='')}"
        graph.add((file, DCAT.accessURL, Literal(address, datatype=XSD.anyURI)))
