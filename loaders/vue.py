"""The page of a question as XML (``…/vue/xml``, root ``QUESTION``, upper case), turned into the official record.

Ids have no prefix here. Empty blocks are always there: an event exists only if its day does. The group is that of the
page's own day (14-47351, of January 2014, names a group founded in June 2015) and is kept as declared; the region is
ignored for the same reason. ``DEPOT`` stands twice, once with the day and once with the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loaders.audit import Audit
from loaders.official import (
    AnswerTexts,
    Attribution,
    Attributions,
    AuthorBlock,
    Body,
    Closing,
    Erratum,
    Identity,
    Indexing,
    Journal,
    Number,
    OfficialQuestion,
    OldAnalyses,
    QuestionTexts,
    Renewal,
    Renewals,
    Signal,
    Text,
    refuse_field,
)
from loaders.questions import QuestionRecord, normal
from loaders.record import Ignored, Node, RefusedRecordError, Scalar, forget, many, text
from loaders.xml import read_tree
from ontology.iris import question_uid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.record import Json


class _Deposit(Node, frozen=True):
    NUMERO: Scalar = msgspec.field(name="@NUMERO", default=None)
    DATE_JO: Scalar = None
    PAGE_JO: Scalar = None
    TYPE_JO: Scalar = None
    NUMERO_JO: Scalar = None
    TEXTE_DEPOT: Scalar = None


class _Author(Node, frozen=True):
    ID_MANDAT: Scalar = msgspec.field(name="@ID_MANDAT", default=None)
    ID_ACTEUR: Scalar = None
    CIVILITE: Scalar = None
    NOM: Scalar = None
    PRENOM: Scalar = None


class _Group(Node, frozen=True):
    SIGLE: Scalar = msgspec.field(name="@SIGLE", default=None)
    LIBELLE: Scalar = None
    ID_GROUPE: Scalar = None


class _Terms(Node, frozen=True):
    ANA: str | list[Scalar] | None = None


class _Index(Node, frozen=True):
    RUBRIQUE: Scalar = msgspec.field(name="@RUBRIQUE", default=None)
    TETE_ANALYSE: Scalar = None
    ANALYSE: _Terms | None = None


class _Asked(Node, frozen=True):
    ABREGE: Scalar = None
    DEVELOPPE: Scalar = None
    ID_MINI: Scalar = None


class _Charge(Node, frozen=True):
    NUMERO: Scalar = msgspec.field(name="@NUMERO", default=None)
    ABREGE: Scalar = None
    DEVELOPPE: Scalar = None
    ID_MINA: Scalar = None
    DATE_JO: Scalar = None
    PAGE_JO: Scalar = None
    TYPE_JO: Scalar = None
    NUMERO_JO: Scalar = None


class _Charges(Node, frozen=True):
    ORDRE: _Charge | list[_Charge] | None = None


class _Event(Node, frozen=True):
    DATE_JO: Scalar = None
    DATE_DEPOT_SIGNAL: Scalar = None
    PAGE_JO: Scalar = None
    TYPE_JO: Scalar = None
    NUMERO_JO: Scalar = None
    ABREGE: Scalar = None
    LIBELLE: Scalar = None
    TEXTE: Scalar = None


class _Renewed(Node, frozen=True):
    NUMERO: Scalar = msgspec.field(name="@NUMERO", default=None)
    DATE_RENOUVELLEMENT: Scalar = None
    PAGE_JO: Scalar = None
    TYPE_JO: Scalar = None
    NUMERO_JO: Scalar = None


class _RenewedList(Node, frozen=True):
    ORDRE: _Renewed | list[_Renewed] | None = None


class _Answer(Node, frozen=True):
    TEXTE_REPONSE: Scalar = None
    DATE_JO_REPONSE: Scalar = None
    PAGE_JO_REPONSE: Scalar = None
    TYPE_JO_REPONSE: Scalar = None
    NUMERO_JO_REPONSE: Scalar = None


class _Page(Node, frozen=True):
    TYPE: Scalar = msgspec.field(name="@TYPE", default=None)
    LEGISLATURE: Scalar = None
    DEPOT: _Deposit | list[_Deposit] | None = None
    AUTEUR: _Author | None = None
    GROUPE: _Group | None = None
    CIRCONSCRIPTION: Ignored | None = None
    INDEXATION_AN: _Index | None = None
    MINI: _Asked | None = None
    MINA: _Charges | None = None
    ERRATUM_QUESTION: _Event | list[_Event] | None = None
    ERRATUM_REPONSE: _Event | list[_Event] | None = None
    SIGNALEMENT: _Event | list[_Event] | None = None
    RENOUVELLEMENT: _RenewedList | None = None
    CLOTURE: _Event | None = None
    REPONSE: _Answer | list[_Answer] | None = None


def read_vue(raw: bytes, audit: Audit | None = None, locator: str = "") -> QuestionRecord:
    """Read one page XML.

    Raises
    ------
    RefusedRecordError
        The bytes are not such a page, or its identity is missing or malformed.
    """
    _, tree = read_tree(raw)
    return normal(_official(_page(tree, audit or Audit(), locator)))


def _page(tree: Json, audit: Audit, locator: str) -> _Page:
    try:
        return msgspec.convert(tree, _Page, dec_hook=forget)
    except msgspec.ValidationError:
        audit.prune(tree, _Page, "QUESTION", locator)
    try:
        return msgspec.convert(tree, _Page, dec_hook=forget)
    except msgspec.ValidationError as error:
        refuse_field(error)


def _official(page: _Page) -> OfficialQuestion:
    deposits = many(page.DEPOT)
    number = next(filter(None, (text(d.NUMERO) for d in deposits)), None)
    legislature, kind = text(page.LEGISLATURE), text(page.TYPE)
    if number is None or legislature is None or kind is None:
        raise RefusedRecordError("no-identity", "the page lacks its number, type or legislature", path="$.QUESTION")
    if not (_digits(number) and _digits(legislature)):
        raise RefusedRecordError("bad-uid", f"number {number[:40]!r} of legislature {legislature[:40]!r}")
    index, author = page.INDEXATION_AN or _Index(), page.AUTEUR or _Author()
    group, asked = page.GROUPE or _Group(), page.MINI or _Asked()
    return OfficialQuestion(
        uid=question_uid(int(legislature), kind, int(number)),
        identifiant=Number(numero=str(int(number)), legislature=str(int(legislature))),
        type=kind,
        indexationAN=Indexing(
            rubrique=index.RUBRIQUE,
            teteAnalyse=index.TETE_ANALYSE,
            ANALYSE=OldAnalyses(ANA=index.ANALYSE.ANA) if index.ANALYSE else None,
        ),
        auteur=AuthorBlock(
            identite=Identity(
                acteurRef=_ref("PA", author.ID_ACTEUR),
                mandatRef=_ref("PM", author.ID_MANDAT),
            ),
            groupe=Body(organeRef=_ref("PO", group.ID_GROUPE), abrege=group.SIGLE, developpe=group.LIBELLE),
        ),
        minInt=Body(organeRef=_ref("PO", asked.ID_MINI), abrege=asked.ABREGE, developpe=asked.DEVELOPPE),
        minAttribs=_charges(page.MINA),
        textesQuestion=QuestionTexts(texteQuestion=_question(deposits)),
        textesReponse=AnswerTexts(texteReponse=[_answer(answer) for answer in many(page.REPONSE)]),
        erratumQuestion=[_erratum(e) for e in many(page.ERRATUM_QUESTION)],
        erratumReponse=[_erratum(e) for e in many(page.ERRATUM_REPONSE)],
        cloture=_closing(page.CLOTURE),
        signalement=[Signal(dateDepotSignal=e.DATE_DEPOT_SIGNAL, infoJO=_journal(e)) for e in many(page.SIGNALEMENT)],
        renouvellements=_renewals(page.RENOUVELLEMENT),
    )


def _digits(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 9


def _ref(prefix: str, value: Scalar) -> str | None:
    found = text(value)
    return None if found is None else prefix + found


def _journal(event: _Event | _Charge | _Deposit) -> Journal:
    return Journal(typeJO=event.TYPE_JO, dateJO=event.DATE_JO, pageJO=event.PAGE_JO, numJO=event.NUMERO_JO)


def _question(deposits: Sequence[_Deposit]) -> list[Text]:
    """Join the day of one ``DEPOT`` and the text of the other."""
    dated = next((d for d in deposits if text(d.DATE_JO)), _Deposit())
    texts = [d.TEXTE_DEPOT for d in deposits if text(d.TEXTE_DEPOT)]
    return [Text(infoJO=_journal(dated), texte=body) for body in texts or [None]]


def _answer(answer: _Answer) -> Text:
    where = Journal(
        typeJO=answer.TYPE_JO_REPONSE,
        dateJO=answer.DATE_JO_REPONSE,
        pageJO=answer.PAGE_JO_REPONSE,
        numJO=answer.NUMERO_JO_REPONSE,
    )
    return Text(infoJO=where, texte=answer.TEXTE_REPONSE)


def _charges(charges: _Charges | None) -> Attributions:
    ordered = sorted(many(charges.ORDRE if charges else None), key=_rank)
    return Attributions(
        minAttrib=[
            Attribution(
                infoJO=_journal(c),
                denomination=Body(organeRef=_ref("PO", c.ID_MINA), abrege=c.ABREGE, developpe=c.DEVELOPPE),
            )
            for c in ordered
        ]
    )


def _rank(charge: _Charge) -> int:
    number = text(charge.NUMERO) or ""
    return int(number) if _digits(number) else 0


def _renewals(renewed: _RenewedList | None) -> Renewals:
    return Renewals(
        renouvellement=[
            Renewal(infoJO=Journal(typeJO=r.TYPE_JO, dateJO=r.DATE_RENOUVELLEMENT, pageJO=r.PAGE_JO, numJO=r.NUMERO_JO))
            for r in many(renewed.ORDRE if renewed else None)
        ]
    )


def _erratum(event: _Event) -> Erratum:
    return Erratum(infoJO=_journal(event), texte=event.TEXTE)


def _closing(event: _Event | None) -> Closing | None:
    if event is None:
        return None
    return Closing(
        codeCloture=event.ABREGE, libelleCloture=event.LIBELLE, dateCloture=event.DATE_JO, infoJO=_journal(event)
    )
