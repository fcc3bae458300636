"""A question as what libraries and reference managers read: BibTeX, RIS and CSL-JSON. Pure; knows no page, no store.

A question is a government document of the Assembly's journal: the deputy is its author, the day it was tabled its date.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.question_page import Life

PUBLISHER: Final = "Assemblée nationale"
_JOURNAL: Final = "Journal officiel de la République française, édition des débats de l’Assemblée nationale (questions)"
_ESCAPED: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "#$%&_"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What is cited. Days are ISO; text is empty where nothing is known.

    Attributes
    ----------
    key
        The question's own key.
    label
        Its number as people say it, ``15-10719QE``.
    family, given
        The author's name; all of it in ``family`` where its parts are not known.
    asked_of
        The ministry it was put to.
    answered, answered_page
        The day and page of the answer.
    official
        The page of the Assembly.
    """

    key: str
    label: str
    title: str
    family: str
    given: str
    asked_of: str
    asked: str
    page: str
    answered: str
    answered_page: str
    address: str
    official: str

    @property
    def named(self) -> str:
        """Name the question with its title."""
        return f"{self.title} (question n° {self.label})" if self.title else f"Question n° {self.label}"

    @property
    def note(self) -> str:
        """Say to whom it was put, and when and where it was answered."""
        said = [f"Question au ministère : {self.asked_of}" if self.asked_of else ""]
        if self.answered:
            said.append(
                f"réponse publiée le {self.answered}" + (f", p. {self.answered_page}" * bool(self.answered_page))
            )
        return " ; ".join(part for part in said if part)


def cited(found: Life, *, key: str, title: str, names: tuple[str, str] | None, address: str) -> Citation:
    """Make the citation of a question; ``names`` are the family name and the given name of its author."""
    steps = {step.kind.removeprefix(NS): step for step in found.steps}
    pages = {name: steps[name].page if name in steps else "" for name in ("Tabled", "Answered")}
    family, given = names or (found.author[0], "")
    return Citation(
        key=key,
        label=found.label,
        title=title,
        family=family,
        given=given,
        asked_of=found.asked_of[0],
        asked=found.asked,
        page=pages["Tabled"],
        answered=found.answered,
        answered_page=pages["Answered"],
        address=address,
        official=found.official,
    )


def bibtex(one: Citation) -> str:
    """Write an entry that BibTeX and BibLaTeX read, in UTF-8."""
    author = ", ".join(_protected(part) for part in (one.family, one.given) if part)
    fields = {
        "author": author if one.given else f"{{{author}}}" * bool(author),
        "title": f"{{{_protected(one.named)}}}",
        "howpublished": _protected(_JOURNAL),
        "publisher": _protected(PUBLISHER),
        "date": one.asked,
        "year": one.asked[:4],
        "month": one.asked[5:7].lstrip("0"),
        "pages": one.page,
        "number": _protected(one.label),
        "note": _protected(one.note),
        "url": _one_line(one.address),
        "language": "french",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{one.key},\n{lines}}}\n"


def ris(one: Citation) -> str:
    """Write a record of RIS: a line a field, ended as the format wants."""
    fields = [
        ("TY", "GOVDOC"),
        ("ID", one.key),
        ("AU", ", ".join(part for part in (one.family, one.given) if part)),
        ("TI", one.named),
        ("T2", _JOURNAL),
        ("PB", PUBLISHER),
        ("DA", one.asked.replace("-", "/") + "/" if one.asked else ""),
        ("PY", one.asked[:4]),
        ("SP", one.page),
        ("M1", one.label),
        ("N1", one.note),
        ("LA", "fr"),
        ("UR", one.address),
        ("L2", one.official),
    ]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in fields if value) + "ER  - \r\n"


def csl(one: Citation) -> str:
    """Write an item of CSL-JSON, in a list as its readers expect."""
    author = {"family": one.family, "given": one.given} if one.given else {"literal": one.family}
    item: Mapping[str, Any] = {
        "id": one.key,
        "type": "document",
        "genre": "Question parlementaire",
        "author": [author] if one.family else [],
        "title": one.named,
        "container-title": _JOURNAL,
        "publisher": PUBLISHER,
        "issued": {"date-parts": [[int(part) for part in one.asked.split("-")]]} if one.asked else None,
        "page": one.page,
        "number": one.label,
        "note": one.note,
        "language": "fr",
        "URL": one.address,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1) + "\n"


WRITERS: Final[Mapping[str, Callable[[Citation], str]]] = {"bib": bibtex, "ris": ris, "csl": csl}


def _one_line(text: str) -> str:
    """Write a text without line ends or control characters: they would begin another field."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029\s]+", " ", text).strip()


def _protected(text: str) -> str:
    """Write a text as TeX takes it: what has a meaning there is escaped, and braces stay paired."""
    return "".join(_ESCAPED.get(char, char) for char in _one_line(text))
