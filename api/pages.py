"""HTML pages: rendering, links in the page's language, alternates. Knows templates; must not know the store."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import Response, render_template, request

from api.assets import address
from api.context import catalogue, language, public_url, service
from api.formats import NAMES
from api.ready import ready
from graph.sheets import has_parquet
from ontology.glossary import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.formats import Format

_WITHOUT_SUFFIX = ("/sparql", "/data", "/void", "/.well-known/void")


def path(target: str) -> str:
    """Give a link to a page of ours in the language of this one."""
    return _english(target) if language() == "en" else _french(target)


def _english(target: str) -> str:
    return f"/en{target}"


def _french(target: str) -> str:
    return target


def render(template: str, *, status: int = 200, alternates: Iterable[Format] = (), **values: object) -> Response:
    """Render a page. ``alternates`` are the other forms of the same answer, linked in head and header."""
    words = catalogue()
    others = [(fmt, alternate(fmt)) for fmt in alternates if fmt.name != "parquet" or has_parquet()]
    body = render_template(
        template,
        t=words,
        path=_english if words.language == "en" else _french,
        language=words.language,
        site=service().settings.title,
        generation=service().store.generation(),
        data_date=service().store.freshness().date,
        here={"fr": twin(english=False), "en": twin(english=True)},
        alternates=others,
        asset=address,
        prefixes=prefixes,
        ready=ready,
        **values,
    )
    response = Response(body, status=status, content_type="text/html; charset=utf-8")
    response.content_language = (words.language,)
    for fmt, href in others:
        response.headers.add("Link", f'<{href}>; rel="alternate"; type="{fmt.media_type}"')
    response.headers.add("Link", f'<{public_url()}{twin(english=False)}>; rel="canonical"')
    return response


def alternate(fmt: Format) -> str:
    """Give the address of this answer in another format: the same path with a suffix, or ``?format=``, filters kept."""
    base = _here()
    if base in _WITHOUT_SUFFIX or base.startswith("/data/"):
        return f"{base}?{urlencode({**_arguments(), 'format': fmt.name})}"  # /data?default has no value, and needs it
    stem, _, suffix = base.rpartition(".")  # a version has dots of its own
    return with_arguments(f"{stem if suffix in NAMES else base}.{fmt.name}", _arguments())


def twin(*, english: bool) -> str:
    """Give this page's address in one of the languages."""
    return with_arguments(f"/en{_here()}" if english else _here(), _arguments())


def with_arguments(base: str, arguments: Mapping[str, str]) -> str:
    """Add arguments to a path; empty ones are dropped."""
    kept = {name: value for name, value in arguments.items() if value}
    return f"{base}?{urlencode(kept)}" if kept else base


def _here() -> str:
    """Give the path of this request, fit for a header. Two slashes at its head would lead to another host."""
    return "/" + quote(request.path.lstrip("/"), safe="/:@!$&'()*+,;=~")


def _arguments() -> dict[str, str]:
    """Give the arguments of this request but the format."""
    return {name: value for name, value in request.args.items() if name != "format"}
