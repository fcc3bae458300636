"""A question in the forms of reference managers: every field in its place, and no text can break out of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from api.citations import Citation, bibtex, csl, ris
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = RDFLIB
PATH = "/question/QANR5L15QE10719"
ONE = Citation(
    key="QANR5L15QE10719",
    label="15-10719QE",
    title="Délocalisation",
    family="Haury",
    given="Yannick",
    asked_of="Économie et finances",
    asked="2018-07-17",
    page="6253",
    answered="2018-08-14",
    answered_page="7347",
    address="https://w3id.org/questeur/id/question/QANR5L15QE10719",
    official="",
)


def depth(text: str) -> list[int]:
    """Give the depth of braces after each one that is not escaped."""
    depths = [0]
    for mark in re.findall(r"\\[{}]|[{}]", text):
        depths.append(depths[-1] + {"{": 1, "}": -1}.get(mark, 0))
    return depths


def entry(text: str) -> dict[str, str]:
    """Read a BibTeX entry whose every field stands on a line."""
    head, *lines, end = text.rstrip("\n").split("\n")
    assert re.fullmatch(r"@misc\{[A-Za-z0-9-]+,", head)
    assert end == "}"
    found = [re.fullmatch(r"  (\w+) = \{(.*)\},", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def record(text: str) -> list[tuple[str, str]]:
    """Read the fields of a RIS record."""
    found = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in text.split("\r\n")[:-1]]
    return [(match[1], match[2]) for match in found if match]


def test_bibtex_has_author_title_day_pages_and_address(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}.bib")
    assert answer.mimetype == "application/x-bibtex"
    fields = entry(answer.text)
    assert fields["author"] == "Haury, Yannick"
    assert (fields["date"], fields["year"], fields["month"], fields["pages"]) == ("2018-07-17", "2018", "7", "6253")
    assert fields["url"] == ONE.address
    assert "réponse publiée le 2018-08-14, p. 7347" in fields["note"]


def test_ris_begins_with_its_type_and_ends_with_its_end(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}.ris")
    assert answer.mimetype == "application/x-research-info-systems"
    fields = record(answer.text)
    assert (fields[0], fields[-1]) == (("TY", "GOVDOC"), ("ER", ""))
    assert dict(fields)["AU"] == "Haury, Yannick"
    assert dict(fields)["DA"] == "2018/07/17/"


def test_csl_is_one_item_with_parts_of_the_day(client: FlaskClient) -> None:
    answer = client.get(PATH, headers={"Accept": "application/vnd.citationstyles.csl+json"})
    assert answer.mimetype == "application/vnd.citationstyles.csl+json"
    (item,) = json.loads(answer.data)
    assert item["author"] == [{"family": "Haury", "given": "Yannick"}]
    assert item["issued"] == {"date-parts": [[2018, 7, 17]]}


def test_the_page_offers_all_three_under_its_citation_and_data_stay_the_default(client: FlaskClient) -> None:
    for language in ("", "/en"):
        page = client.get(f"{language}{PATH}", headers={"Accept": BROWSER}).text
        assert all(f'href="{PATH}.{suffix}"' in page for suffix in ("bib", "ris", "csl"))
    assert client.get(PATH, headers={"Accept": "*/*"}).mimetype == "text/turtle"
    assert client.get("/person/PA720054.bib").status_code == 406


@given(text=st.text(max_size=60))
def test_no_title_or_name_breaks_out_of_its_field(text: str) -> None:
    one = replace(ONE, title=text, family=text, asked_of=text)
    written = bibtex(one)
    assert min(depth(written)) == 0
    assert depth(written)[-1] == 0
    assert set(entry(written)) <= set(entry(bibtex(ONE)))
    tags = [tag for tag, _ in record(ris(one))]
    assert tags.count("TY") == tags.count("ER") == 1
    assert set(tags) <= {tag for tag, _ in record(ris(ONE))}
    assert json.loads(csl(one))[0]["id"] == ONE.key


def test_what_is_not_known_is_left_out() -> None:
    bare = Citation(**dict.fromkeys(Citation.__dataclass_fields__, "") | {"key": "K", "label": "15-1QE"})
    for write in (bibtex, ris, csl):
        text = write(bare)
        assert "15-1QE" in text
        assert "None" not in text
