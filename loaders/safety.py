"""Bytes that can be trusted: limits, character sets, mojibake, control characters, names of members. Knows no form.

Text is strict UTF-8, else cp1252 with a note, else refused; it is never decoded with losses.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from loaders.record import RefusedRecordError

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on what a source may hold. A source above a cap is refused, never cut."""

    member_bytes: int = 512 * _MIB  # of a member read whole; longer XML and NDJSON are read as they come
    record_bytes: int = 16 * _MIB  # of one line or element of a long file
    total_bytes: int = 16 * 1024 * _MIB  # of an archive, inflated
    members: int = 500_000
    ratio: int = 200
    ratio_from: int = _MIB


DEPTH = 64  # of elements, objects and lists
FIELD = 1_000_000  # characters of one field
DIGITS = 18  # of one number

BOM = codecs.BOM_UTF8
_STEP = 1 << 20
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\x00", b"Rar!\x1a\x07")
_NAME = re.compile(r"[^\x00-\x1f\x7f\\:]{1,1024}")

# Bidirectional controls, or the €-like second character of â€™. One literal byte first: the search jumps along it.
_E2 = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9]|(?<=\xc3\xa2\xe2)\x82\xac)")
_BIDI = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
_NONCHARACTERS = re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])")
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_ESCAPED_MOJIBAKE = re.compile(rb"(?i:\\u00c3\\u00)([89abAB][0-9a-fA-F])")

BOM_DROPPED = "bom-dropped"
CP1252 = "decoded-as-cp1252"
MOJIBAKE = "mojibake-repaired"
CONTROLS = "control-characters-removed"
BIDI = "bidi-controls-kept"
REPAIRS = {
    BOM_DROPPED: "a UTF-8 byte order mark was dropped",
    CP1252: "the bytes are not UTF-8 and were read as cp1252",
    MOJIBAKE: "UTF-8 once read as cp1252 (Ã©) was put right",
    CONTROLS: "control characters or noncharacters were removed",
    BIDI: "bidirectional controls were kept: isolate the text when it is shown",
}


def is_archive(raw: bytes) -> bool:
    """Say whether bytes begin like an archive: none is opened inside another."""
    return raw.startswith(_ARCHIVES)


def safe_name(name: str) -> bool:
    """Say whether a member's name stays in its folder and can be printed."""
    return _NAME.fullmatch(name) is not None and not name.startswith("/") and ".." not in name.split("/")


def is_text(name: str) -> bool:
    """Say whether the name of a file is text: one whose bytes are no UTF-8 is not."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def utf8(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Give the bytes as UTF-8 without mark, and notes on what was repaired.

    Raises
    ------
    RefusedRecordError
        The bytes are neither UTF-8 nor cp1252, or begin as UTF-16 does.
    """
    notes: tuple[str, ...] = ()
    if raw.startswith(BOM):
        raw, notes = raw[len(BOM) :], (BOM_DROPPED,)
    if raw.isascii():
        return raw, notes
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # cp1252 would make a text of it, of no form
        raise RefusedRecordError("undecodable", "the text is UTF-16: save it as UTF-8")
    try:
        _validate(raw)
    except UnicodeDecodeError:
        try:
            return raw.decode("cp1252").encode(), (*notes, CP1252)
        except UnicodeDecodeError as error:
            raise RefusedRecordError(
                "undecodable", f"neither UTF-8 nor cp1252: byte 0x{raw[error.start]:02x} at {error.start}"
            ) from None
    return raw, notes


def _validate(raw: bytes) -> None:
    if len(raw) <= _STEP:
        raw.decode()
        return
    decoder = codecs.getincrementaldecoder("utf-8")()  # a text of a whole file would double its memory
    for start in range(0, len(raw), _STEP):
        decoder.decode(raw[start : start + _STEP], final=start + _STEP >= len(raw))


def repaired(raw: bytes, *, json: bool) -> tuple[bytes, tuple[str, ...]]:
    """Repair one record of valid UTF-8: mojibake put right, control and noncharacters removed, bidi controls noted."""
    notes: list[str] = []
    odd = _E2.search(raw)
    if odd or (b"\x83" in raw and b"\xc3\x83" in raw):  # a lone byte is found ten times faster, and is rare
        mended = _MOJIBAKE_RUN.sub(_put_right, raw.decode()).encode()
        notes += [MOJIBAKE] * (mended != raw)
        raw = mended
        notes += [BIDI] * (_BIDI.search(raw) is not None)
    if b"\xef" in raw and _NONCHARACTERS.search(raw):
        raw = _NONCHARACTERS.sub(b"", raw)
        notes.append(CONTROLS)
    if json and b"\\" in raw and b"\\u" in raw:
        raw = _escapes(raw, notes)
    return raw, tuple(dict.fromkeys(notes))


# Ã, Â, Å and â are what the lead bytes of two- and three-byte characters look like in cp1252.
_MOJIBAKE_RUN = re.compile("(?:Ã[^\x00-\x7f]|â€[^\x00-\x7f]|Â[\xa0«»°§]|Å[“’])+")


def _put_right(match: re.Match[str]) -> str:
    try:
        return match[0].encode("cp1252").decode()
    except UnicodeError:
        return match[0]


def _escapes(raw: bytes, notes: list[str]) -> bytes:
    """Do the same to JSON's escapes. An escaped ASCII letter is written plainly: it might hide a key."""

    def plain(match: re.Match[bytes]) -> bytes:
        if match[1] is None:
            return match[0]
        code = int(match[1], 16)
        if code in _REMOVED:
            notes.append(CONTROLS)
            return b""
        if code in _BIDI_CODES:
            notes.append(BIDI)
        if 0x20 <= code < 0x7F and code not in {0x22, 0x5C}:
            return bytes((code,))
        return match[0]

    raw = _ESCAPE.sub(plain, raw)
    if _ESCAPED_MOJIBAKE.search(raw):
        notes.append(MOJIBAKE)
        raw = _ESCAPED_MOJIBAKE.sub(lambda m: b"\xc3" + bytes.fromhex(m[1].decode()), raw)
    return raw


_REMOVED = frozenset(
    {*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF}
) - {0x85}
_BIDI_CODES = frozenset({*range(0x202A, 0x202F), *range(0x2066, 0x206A)})
