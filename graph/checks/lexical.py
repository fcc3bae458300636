"""The lexical forms of datatypes as regular expressions that every SPARQL engine reads. Knows XML Schema only.

``DATATYPE()`` believes ``"2018-02-31"^^xsd:date``, and engines differ in what they do with it later: so the text
itself is looked at, down to the leap years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Mapping

_YEAR = "-?([1-9][0-9]{3,}|0[0-9]{3})"
_LEAP_YEAR = "-?([0-9]{2,}(0[48]|[2468][048]|[13579][26])|[0-9]*([02468][048]|[13579][26])00)"
_DAY = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_DATE = f"({_YEAR}-{_DAY}|{_LEAP_YEAR}-02-29)"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_ZONE = "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"

# Empty where every text is one.
LEXICAL: Final[Mapping[str, str]] = {
    str(RDF.langString): "",
    str(XSD.string): "",
    str(XSD.boolean): "true|false|0|1",
    str(XSD.integer): "[+-]?[0-9]+",
    str(XSD.decimal): r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    str(XSD.double): r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    str(XSD.date): _DATE + _ZONE,
    str(XSD.dateTime): f"{_DATE}T{_TIME}{_ZONE}",
}
