"""THE list of routes: what each is for, what it takes, what it answers in, and an example that works.

The OpenAPI document and ``/docs/api`` are written from it; tests hold it against the application: no route is outside,
no parameter is missing, every example answers. Knows names and words only; no framework, no store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

from api.directories import LISTS, SORTS
from api.finding import FILTERS as SEARCH
from api.matrix import ORDERS
from api.selection import NAMES as QUESTIONS
from api.selection import STATUSES
from graph.networks.copies import As
from graph.networks.correction import Method
from graph.networks.inquiry import BYS, CREDITS
from graph.networks.inquiry import NAMES as DELAYS
from graph.networks.nulls import Side
from graph.networks.options import ALL_NAMES as NETWORK
from graph.networks.options import PARTS, MinistryAs, Null, Slice, Unit, Via, Weight
from graph.networks.parameters import GROUPS_AS, QUESTION_TYPES, TARGETS
from graph.networks.parameters import NAMES as FILTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.formats import Kind


@dataclass(frozen=True, slots=True)
class Label:
    """A text in both languages."""

    fr: str
    en: str

    def text(self, language: str) -> str:
        """Give it in a language."""
        return self.en if language == "en" else self.fr


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A parameter of an address: the same meaning wherever its name stands. ``kind`` is a type of JSON Schema."""

    name: str
    label: Label
    kind: str = "string"
    form: str = ""
    choices: Sequence[str] = ()
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address. ``kinds`` are those of its answers in the table of formats; none: it answers in ``media_type``."""

    path: str
    label: Label
    example: str
    kinds: Sequence[Kind] = ()
    media_type: str = "text/html"
    params: Sequence[str] = ()
    suffixed: bool = False
    methods: Sequence[str] = ("GET",)
    listed: bool = True

    @property
    def name(self) -> str:
        """Name it as an identifier of OpenAPI."""
        words = "".join(char if char.isalnum() else " " for char in self.path).split()
        return "_".join(words) or "home"

    @property
    def paths(self) -> Sequence[str]:
        """Give its path, and the one with the suffix of a format."""
        return (self.path, f"{self.path}.{{suffix}}") if self.suffixed else (self.path,)


def _days(name: str, fr: str, en: str, example: str) -> Param:
    return Param(name=name, label=Label(fr, en), form="date", example=example)


def _number(name: str, fr: str, en: str, example: str) -> Param:
    return Param(name=name, label=Label(fr, en), kind="integer", example=example)


def _one_of(name: str, fr: str, en: str, choices: Sequence[str], example: str = "") -> Param:
    return Param(name=name, label=Label(fr, en), choices=choices, example=example)


_PARTS: Final[Sequence[tuple[str, str, str, str, Sequence[Kind], Sequence[str]]]] = (
    ("matrix", "Son tableau entier", "Its whole table", "matrix", ("matrix",), ("order",)),
    ("backbone", "Ses liens avérés", "Its tested edges", "backbone", ("network",), ("min_weight",)),
    ("edges/{a}/{b}", "Un lien", "One edge", "edges/PA720054/PO729982", (), ()),
)
_PARAMS: Final = (
    Param(name="q", label=Label("ce qui est cherché", "what is searched"), example="téléphon"),
    Param(name="mode", label=Label("suggest : huit pages au plus", "suggest: up to eight pages"), choices=("suggest",)),
    Param(name="legislature", label=Label("législature", "legislature"), kind="integer", example="15"),
    _days("from", "déposées à partir de ce jour", "tabled on this day or later", "2018-01-01"),
    _days("to", "déposées avant ce jour", "tabled before this day", "2019-01-01"),
    Param(
        name="group",
        label=Label("groupe de l’auteur ce jour-là", "group of the author on the day"),
        example="PO730964",
    ),
    Param(
        name="group_as",
        label=Label("groupe au jour dit, ou imprimé", "group of the day, or as printed"),
        choices=GROUPS_AS,
        example="dated",
    ),
    Param(name="deputy", label=Label("auteur", "author"), example="PA720054"),
    Param(name="ministry", label=Label("ministère", "ministry"), example="PO729982"),
    Param(name="portfolio", label=Label("portefeuille", "portfolio"), example="economie-finances"),
    Param(name="topic", label=Label("rubrique", "topic"), example="emploi-et-activite"),
    Param(name="constituency", label=Label("circonscription", "constituency"), example="2010-44-09"),
    Param(name="departement", label=Label("département", "departement"), example="44"),
    Param(name="status", label=Label("état", "status"), choices=STATUSES, example="answered"),
    Param(
        name="target",
        label=Label("interrogé ou attributaire", "ministry asked or in charge"),
        choices=TARGETS,
    ),
    Param(name="type", label=Label("type de question", "type of question"), choices=QUESTION_TYPES, example="QE"),
    Param(name="limit", label=Label("lignes par page", "rows on a page"), kind="integer", example="20"),
    Param(
        name="after",
        label=Label("début de la page, pris du lien suivant", "begin, from the link to the next"),
    ),
    Param(name="page", label=Label("numéro de la page", "number of the page"), kind="integer", example="1"),
    Param(name="sort", label=Label("ordre", "order"), choices=SORTS, example="label"),
    Param(name="by", label=Label("ce que l’on compare", "what is compared"), choices=BYS, example="portfolio"),
    Param(
        name="credit",
        label=Label("à chacun son temps, ou tout au dernier", "each its own time, or all to the last"),
        choices=CREDITS,
        example="episodes",
    ),
    Param(name="of", label=Label("un seul groupe de la comparaison", "one group of the comparison")),
    _days("on", "tel qu’on le savait ce jour", "as known on this day", "2022-06-21"),
    Param(name="origin", label=Label("portefeuille cédant", "portfolio that gave it away")),
    Param(name="destination", label=Label("portefeuille recevant", "portfolio that took it")),
    Param(
        name="ministry_as",
        label=Label("portefeuilles durables ou ministères datés", "durable portfolios or dated ministries"),
        choices=get_args(MinistryAs),
        example="ministry",
    ),
    Param(name="via", label=Label("ce que partagent les bouts", "what the ends share"), choices=get_args(Via)),
    Param(name="weight", label=Label("poids", "weight of an edge"), choices=get_args(Weight), example="count"),
    _number("min_weight", "poids le plus petit", "smallest weight", "1"),
    Param(name="null", label=Label("modèle nul", "null model"), choices=get_args(Null), example="hypergeometric"),
    Param(name="side", label=Label("sens du test", "direction of the test"), choices=get_args(Side), example="both"),
    Param(name="alpha", label=Label("niveau du test", "level of the test"), kind="number", example="0.01"),
    _one_of("correction", "correction des tests multiples", "correction of many tests", get_args(Method), "bh"),
    _one_of("significant", "liens significatifs seuls", "significant edges only", ("0", "1"), "0"),
    _one_of("unit", "ce qui compte une fois dans le test", "what counts once in the test", get_args(Unit), "question"),
    _number("seed", "graine du hasard", "seed of what is drawn", "0"),
    Param(name="slice", label=Label("tranches de temps", "slices of time"), choices=get_args(Slice)),
    Param(name="around", label=Label("autour d’un nœud, par sa clé", "around a node, by its key"), example="PA720054"),
    Param(
        name="order",
        label=Label("les plus grands d’abord, ou les semblables ensemble", "largest first, or the like together"),
        choices=ORDERS,
        example="similarity",
    ),
    Param(name="m", label=Label("mesures, séparées de virgules", "measures, with commas between")),
    _number("top", "valeurs de chaque mesure", "values of each measure", "5"),
    Param(name="algorithm", label=Label("méthode des communautés", "method for communities"), example="louvain"),
    _number("trials", "essais", "trials", "2"),
    Param(name="as", label=Label("les nœuds", "what the nodes are"), choices=get_args(As), example="question"),
    Param(name="query", label=Label("requête SPARQL 1.1", "SPARQL 1.1 query"), example="ASK {}"),
    Param(name="format", label=Label("format, par son suffixe", "format, by its suffix"), example="json"),
)
PARAMS: Final[Mapping[str, Param]] = {param.name: param for param in _PARAMS}

_DIRECTORIES: Final[Mapping[str, Label]] = {
    "deputies": Label("Les députés et leurs questions", "Deputies and their questions"),
    "ministries": Label("Les ministères interrogés", "Ministries asked"),
    "portfolios": Label("Les portefeuilles", "Portfolios"),
    "groups": Label("Les groupes politiques", "Political groups"),
    "constituencies": Label("Les circonscriptions", "Constituencies"),
    "topics": Label("Les rubriques", "Topics"),
}
_REUSE: Final = tuple(name for name in FILTERS if name != "target")
_TRANSFERS: Final = tuple(name for name in _REUSE if name not in ("ministry", "portfolio"))


def _list(path: str, fr: str, en: str, params: Sequence[str], *, feed: bool = False) -> Route:
    kinds: tuple[Kind, ...] = ("list", "feed") if feed else ("list",)
    return Route(path=path, label=Label(fr, en), example=path, kinds=kinds, params=params, suffixed=True)


def _plain(path: str, fr: str, en: str, *, media_type: str = "text/plain", example: str = "") -> Route:
    return Route(path=path, label=Label(fr, en), example=example or path, media_type=media_type)


ROUTES: Final[Sequence[Route]] = (
    _plain("/", "L’accueil", "The front page", media_type="text/html"),
    Route(
        path="/search",
        label=Label("Chercher un numéro, un nom, des mots", "Find a number, a name, words"),
        example="/search?q=question",
        kinds=("list",),
        params=("q", *SEARCH, "mode", "limit", "after"),
        suffixed=True,
    ),
    _list("/questions", "Les questions", "Questions", (*QUESTIONS, "limit", "after"), feed=True),
    *(_list(f"/{name}", _DIRECTORIES[name].fr, _DIRECTORIES[name].en, ("sort", "page", "q")) for name in LISTS),
    Route(
        path="/{kind}/{name}",
        label=Label("Tout ce qui a un IRI : page ou données", "Whatever has an IRI: page or data"),
        example="/question/QANR5L15QE10719",
        kinds=("document", "citation"),
    ),
    Route(
        path="/id/{kind}/{key}",
        label=Label("Un IRI mène à son document", "An IRI leads to its document"),
        example="/id/question/QANR5L15QE10719",
    ),
    Route(
        path="/graph/{name}",
        label=Label("L’IRI d’un graphe mène à ce qu’il énonce", "The IRI of a graph leads to what it states"),
        example="/graph/topics",
    ),
    Route(
        path="/q/{legislature}/{number}",
        label=Label("Un numéro mène à sa question", "A number leads to its question"),
        example="/q/15/10719",
    ),
    Route(
        path="/sparql",
        label=Label("Le protocole SPARQL 1.1", "The SPARQL 1.1 protocol"),
        example="/sparql?query=ASK%20%7B%7D",
        kinds=("rows", "boolean", "graph"),
        params=("query", "format"),
        methods=("GET", "POST"),
    ),
    Route(
        path="/sparql/check",
        label=Label("Lire une requête sans l’exécuter", "Read a query without running it"),
        example="",
        media_type="application/json",
        methods=("POST",),
    ),
    Route(
        path="/update",
        label=Label("Mises à jour SPARQL, avec un jeton", "SPARQL updates, with a token"),
        example="",
        media_type="application/problem+json",
        methods=("POST",),
    ),
    *(
        Route(
            path=path,
            label=Label("Les graphes, par le Graph Store Protocol", "Graphs, by the Graph Store Protocol"),
            example=example,
            kinds=("graph",),
            methods=("GET", "PUT", "POST", "DELETE"),
        )
        for path, example in (("/data", "/data?default"), ("/data/{_name}", ""))
    ),
    _list("/queries", "Les requêtes toutes prêtes", "Ready queries", ()),
    Route(
        path="/queries/{name}",
        label=Label("La réponse d’une requête toute prête", "The answer of a ready query"),
        example="/queries/j1-overdue-by-portfolio",
        kinds=("rows",),
    ),
    Route(
        path="/networks",
        label=Label("Les réseaux", "Networks"),
        example="/networks",
        media_type="application/json",
        suffixed=True,
    ),
    Route(
        path="/networks/{name}",
        label=Label("Un réseau", "A network"),
        example="/networks/deputy-ministry?type=all",
        methods=("GET", "DELETE"),
        kinds=("network", "run"),
        params=(*NETWORK, "page", "around", "order", "m", "trials", "algorithm"),
    ),
    *(
        Route(
            path=f"/networks/{{name}}/{part}",
            methods=("GET", "DELETE"),
            label=label,
            example=f"/networks/deputy-ministry/{part}.json?type=all",
            media_type="application/json",
            params=(*NETWORK, *params),
            suffixed=True,
        )
        for part, label, params in (
            ("measures", Label("Les mesures d’un réseau", "The measures of a network"), ("m", "top")),
            ("communities", Label("Ses communautés", "Its communities"), ("algorithm", "trials")),
        )
    ),
    *(
        Route(
            path=f"/networks/{{name}}/{part}",
            methods=("GET", "DELETE"),
            label=Label(fr, en),
            example=f"/networks/deputy-ministry/{example}?type=all",
            kinds=kinds,
            media_type="application/json",
            params=(*PARTS, *params),
            suffixed=True,
        )
        for part, fr, en, example, kinds, params in _PARTS
    ),
    _list("/delays", "Les délais de réponse", "How long answers take", DELAYS),
    Route(
        path="/delays/{name}",
        label=Label("Les questions derrière les délais", "The questions behind the delays"),
        example="/delays/questions",
        kinds=("list",),
        params=(*DELAYS, "page"),
    ),
    Route(
        path="/transfers",
        label=Label("Qui renvoie à qui", "Who passes questions on to whom"),
        example="/transfers",
        kinds=("network", "run"),
        params=(*_TRANSFERS, "page"),
        suffixed=True,
    ),
    _list(
        "/transfers/questions",
        "Les questions renvoyées",
        "The questions passed on",
        (*_TRANSFERS, "origin", "destination", "page"),
    ),
    Route(
        path="/text-reuse",
        label=Label("Les questions qui en répètent d’autres", "Questions that repeat others"),
        example="/text-reuse",
        methods=("GET", "DELETE"),
        kinds=("network", "run"),
        params=(*_REUSE, "as", "page"),
        suffixed=True,
    ),
    Route(
        path="/text-reuse/{name}",
        label=Label("Un texte repris, passage par passage", "A text that is repeated, passage by passage"),
        example="",
        media_type="application/json",
        params=_REUSE,
    ),
    Route(
        path="/ns",
        label=Label("Le vocabulaire", "The vocabulary"),
        example="/ns",
        kinds=("vocabulary",),
        suffixed=True,
    ),
    Route(
        path="/ns/{name}",
        label=Label("Un terme du vocabulaire", "A term of the vocabulary"),
        example="/ns/author",
        kinds=("vocabulary",),
    ),
    _plain("/void", "Description du jeu de données", "Description of the dataset", media_type="text/turtle"),
    _plain("/.well-known/void", "La même", "The same", media_type="text/turtle"),
    Route(
        path="/downloads",
        label=Label("Tout le graphe en fichiers", "The whole graph as files"),
        example="/downloads",
        media_type="application/json",
        suffixed=True,
    ),
    *(
        Route(path=f"/downloads/{part}/{{name}}", label=label, example="", media_type="application/octet-stream")
        for part, label in (
            ("latest", Label("Un fichier de ce qui est servi", "A file of what is served")),
            ("{generation}", Label("Un fichier d’une génération, en tout ou partie", "A file, whole or in part")),
        )
    ),
    _plain("/openapi.json", "Ce document", "This document", media_type="application/json"),
    _plain("/docs/api", "Cette liste, en page", "This list as a page", media_type="text/html"),
    _plain(
        "/docs/problems/{slug}",
        "Un type de problème",
        "A type of problem",
        media_type="text/html",
        example="/docs/problems/deadline",
    ),
    _plain("/about/accessibility", "L’accessibilité", "Accessibility", media_type="text/html"),
    _plain("/status", "L’état du service", "How the service is", media_type="application/json"),
    _plain("/healthz", "Le processus répond", "The process answers"),
    _plain("/readyz", "Il y a de quoi répondre", "There is something to answer from"),
    _plain("/metrics", "Les compteurs", "Counters"),
)
