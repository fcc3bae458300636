"""Bytes: read strictly, repaired with a note, or refused."""

from __future__ import annotations

import io
import json
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.archive import Opened
from loaders.audit import Audit
from loaders.forms import read
from loaders.official import loads
from loaders.pages import read_page
from loaders.record import Record, RefusedRecordError
from loaders.safety import BIDI, CONTROLS, CP1252, MOJIBAKE, Limits, repaired, safe_name, utf8
from ontology.errors import SourceError


@given(st.text())
def test_utf8_stays_as_it_is(text: str) -> None:
    raw = text.encode(errors="ignore")
    sound = raw.removeprefix(b"\xef\xbb\xbf")
    assert utf8(raw)[0] == sound


@pytest.mark.parametrize("size", [10, 3 << 20])
def test_cp1252_is_read_with_a_note_and_what_is_neither_is_refused(size: int) -> None:
    text = "é" * size
    assert utf8(text.encode("cp1252")) == (text.encode(), (CP1252,))
    assert utf8(text.encode()) == (text.encode(), ())
    with pytest.raises(RefusedRecordError, match="0x81"):
        utf8(text.encode("cp1252") + b"\x81")


@pytest.mark.parametrize("sound", ["é", "ÉÀÇ", "l’été", "« œuf salé »", "n° 5…", "naïf, Noël, coût"])
def test_mojibake_is_put_right(sound: str) -> None:
    broken = "".join(c if c.isascii() else c.encode().decode("cp1252") for c in sound)
    assert repaired(broken.encode(), json=False) == (sound.encode(), (MOJIBAKE,))


@given(st.text(st.sampled_from("éèàçœ’«»…–€°ÉÀ \xa0abcáÁîêãÃ"), max_size=30))
def test_sound_french_is_left_alone(text: str) -> None:
    sound = text.replace("Ã", "")
    assert repaired(sound.encode(), json=False) == (sound.encode(), ())


@pytest.mark.parametrize("escape", [True, False])
@pytest.mark.parametrize(
    ("text", "plain", "note"),
    [
        ("a\ufffeb", "ab", CONTROLS),
        ("a\u202eb", "a\u202eb", BIDI),
        ("a\u2066b", "a\u2066b", BIDI),
        ("Ã©", "é", MOJIBAKE),
    ],
)
def test_odd_characters_are_found_written_plainly_or_escaped(text: str, plain: str, note: str, *, escape: bool) -> None:
    raw, notes = repaired(json.dumps(text, ensure_ascii=escape).encode(), json=True)
    assert (json.loads(raw), notes) == (plain, (note,))


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="Ãâ\x85"), max_size=40))
def test_escapes_of_sound_text_keep_their_meaning(text: str) -> None:
    for escaped in (True, False):
        raw, _ = repaired(json.dumps(text, ensure_ascii=escaped).encode(), json=True)
        assert json.loads(raw) == text


def test_an_escaped_key_cannot_hide() -> None:
    raw, _ = repaired(rb'{"\u0075id": 1}', json=True)
    assert raw == b'{"uid": 1}'


@pytest.mark.parametrize("name", ["../x", "a/../b", "/etc/x", "a\\b", "c:x", "a\nb", "", "x" * 2000])
def test_a_name_that_leaves_its_folder_or_cannot_be_printed_is_not_safe(name: str) -> None:
    assert not safe_name(name)
    assert safe_name("json/QANR5L15QE1.json")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"a": NaN}', "not-json"),
        (b"{", "not-json"),
        (b"[" * 70 + b"]" * 70, "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b'{"a": 1, "a": 2}', "key-twice"),
        (b'{"a": "' + b"x" * 1_000_001 + b'"}', "field-too-long"),
    ],
)
def test_json_that_breaks_a_limit_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedRecordError) as caught:
        loads(raw)
    assert caught.value.code == code


def test_json_within_the_limits_is_read_and_numbers_stay_as_written() -> None:
    assert loads(b'{"a": [1, 1, 0.50], "b": {"c": null, "c": null}}') == {"a": ["1", "1", "0.50"], "b": {"c": None}}
    assert loads(b"[" * 64 + b"]" * 64)


@pytest.mark.parametrize(
    "filler", ["\n" * 200_000, "** " + " " * 200_000, "## " + "\xa0" * 200_000, "question " * 20_000, "[" * 200_000]
)
def test_a_page_made_to_keep_a_pattern_busy_is_read_or_refused_at_once(filler: str) -> None:
    page = f"15ème législature\nQuestion écrite n° 1\n### Données clés\n{filler}\n{filler}"
    start = time.perf_counter()
    with suppress(RefusedRecordError):
        read_page(page)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("uid", b'{"question": {"uid": "QANR5L15QE1", "uid": "QANR5L15QE2"}}'),
        ("cloture", b'{"question": {"cloture": null, "cloture": {"codeCloture": "X"}}}'),
        ("uid", b'{"acteur": {"uid": "PA1", "etatCivil": null, "uid": "PA2"}}'),
    ],
)
def test_a_key_that_says_two_things_refuses_its_record(key: str, raw: bytes) -> None:
    with pytest.raises(RefusedRecordError) as caught:
        read(Record(form="amo-json" if b"acteur" in raw else "question-json", locator="x", raw=raw), Audit())
    assert (caught.value.code, caught.value.path) == ("key-twice", key)


@pytest.mark.parametrize("kind", ["question", "acteur"])
@pytest.mark.parametrize("text", [rb"\ud800", rb"\ud800\u0041", rb"\u00"])
def test_a_lone_surrogate_beside_an_unknown_field_refuses_its_record(kind: str, text: bytes) -> None:
    raw = b'{"%s": {"uid": "PA1", "new": "%s", "etatCivil": null}}' % (kind.encode(), text)
    with pytest.raises(RefusedRecordError) as caught:
        read(Record(form="question-json" if kind == "question" else "amo-json", locator="x", raw=raw), Audit())
    assert caught.value.code == "not-json"


def archive(names: int = 1, content: bytes = b"{}") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(names):
            packed.writestr(f"{number}.json", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(members=2), "too-many-members"),
        (Limits(total_bytes=1000), "too-large"),
        (Limits(ratio=2, ratio_from=100), "zip-bomb"),
    ],
)
def test_an_archive_above_a_limit_is_refused(tmp_path: Path, limits: Limits, code: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive(3, b" " * 400))
    with pytest.raises(SourceError) as caught:
        list(Opened(path=path, limits=limits).records())
    assert caught.value.code == code


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    raw = bytearray(archive(2))
    second = raw.rindex(b"PK\x01\x02")
    raw[second + 42 : second + 46] = (4).to_bytes(4, "little")  # its header now lies in the first member
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(raw))
    with pytest.raises(SourceError) as caught:
        list(Opened(path=path).records())
    assert caught.value.code == "overlap"


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_archive_is_refused_or_read_but_never_crashes(at: int, byte: int) -> None:
    raw = bytearray(archive(2, b'{"question": {}}'))
    raw[at % len(raw)] = byte
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(bytes(raw))
        with suppress(SourceError):
            assert all(record.form for record in Opened(path=path).records())


def test_long_files_are_read_as_they_come_within_their_limits(tmp_path: Path) -> None:
    line = b'{"question": {"uid": "' + b"x" * 5000 + b'"}}'
    path = tmp_path / "lines"
    path.write_bytes(b"\n".join([line] * 100))
    limits = Limits(member_bytes=1000, record_bytes=6000)
    assert len(list(Opened(path=path, limits=limits).records())) == 100
    with pytest.raises(SourceError, match="line"):
        list(Opened(path=path, limits=Limits(record_bytes=100)).records())


def test_a_long_xml_list_is_read_as_it_comes_and_refused_when_cut(tmp_path: Path) -> None:
    body = b"<questionsEcrites>" + b"<question><uid>x</uid><texte>" + b"x" * 500 + b"</texte></question>"
    path = tmp_path / "list"
    limits = Limits(member_bytes=1000)
    path.write_bytes(body + b"<question/>" * 8000 + b"</questionsEcrites>")
    assert len(list(Opened(path=path, limits=limits).records())) == 8001
    path.write_bytes(body + b"<question/>" * 8000)
    with pytest.raises(SourceError, match="Premature end"):
        list(Opened(path=path, limits=limits).records())


def lines(*sizes: int, odd: str = "") -> bytes:
    questions = ({"question": {"uid": f"QANR5L15QE{n}", "x": odd + "x" * size}} for n, size in enumerate(sizes))
    return "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in questions).encode()


def test_lines_are_told_by_the_second_though_the_first_is_longer_than_what_a_form_is_told_by(tmp_path: Path) -> None:
    path = tmp_path / "lines.json"
    path.write_bytes(lines(100_000, 10, 10))
    assert [r.locator for r in Opened(path=path).records()] == ["lines.json:1", "lines.json:2", "lines.json:3"]
    path.write_bytes(lines(100_000))
    assert [r.locator for r in Opened(path=path).records()] == ["lines.json"]


def test_a_line_of_a_long_file_is_noted_as_repaired_as_one_of_a_short_file_is(tmp_path: Path) -> None:
    path = tmp_path / "lines.json"
    path.write_bytes(lines(10) + lines(100_000) + lines(10, odd="é").decode().encode("cp1252"))
    assert [r.notes for r in Opened(path=path).records()] == [(), (), (CP1252,)]


def test_a_list_of_records_that_never_close_is_cut_in_little_time(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(b'{"questionsEcrites":{"question":[' + b'{"uid":' * 60_000)
    began = time.process_time()
    assert len(list(Opened(path=path).records())) == 60_000
    assert time.process_time() - began < 20


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-be"])
def test_a_member_in_utf_16_is_refused_and_not_skipped_as_a_stranger(tmp_path: Path, charset: str) -> None:
    text = '{"question": {"uid": "QANR5L15QE1"}}'
    (tmp_path / "q.json").write_bytes(("" if charset == "utf-16" else "\ufeff").encode(charset) + text.encode(charset))
    (found,) = Opened(path=tmp_path).records()
    assert (found.form, found.notes[0]) == ("damaged", "undecodable")
