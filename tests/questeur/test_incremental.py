"""Building again: unchanged input does nothing, a changed record changes its statements, and bytes never differ."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.opening import open_store
from loaders.workers import Here, Local
from ontology.errors import BuildError
from questeur.build import Options, build
from questeur.sample import sample

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from questeur.build import Report

TWIN = Path(__file__).parent.parent / "data" / "15-10719QE.twin.json"
Questions = dict[str, dict[str, Any]]


def real_questions(count: int) -> Questions:
    with sample() as sources, zipfile.ZipFile(sources[1]) as archive:
        names = sorted(archive.namelist())[:: max(339 // count, 1)][:count]
        return {name: json.loads(archive.read(name)) for name in names}


def write(path: Path, questions: Mapping[str, dict[str, Any]], *, shuffle: int = 0) -> Path:
    """Write an archive of questions; members in an order of their own, always the same date."""
    names = sorted(questions)
    random.Random(shuffle).shuffle(names)  # noqa: S311 - an order, not a secret
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, (2024, 6, 11, 0, 0, 0)), json.dumps(questions[name]))
    return path


def parts(data: Path) -> dict[str, bytes]:
    """Give the parts of a state, without provenance, which speaks of sources by their digests."""
    return {p.name: p.read_bytes() for p in (data / "parts").iterdir() if not p.name.startswith("meta")}


def statements(data: Path) -> list[str]:
    """Dump the store of the current generation, but what it says of its own making."""
    with closing(open_store(data)) as store:
        text = (
            "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } "
            "FILTER(?g != <https://w3id.org/questeur/graph/meta>) }"
        )
        with store.query(text, media_types=("application/n-triples",)).body as body:
            return sorted(body.read().decode().splitlines())


def books(report: Report) -> Counter[str]:
    counts: Counter[str] = Counter()
    for book in report.books:
        for name in ("read", "loaded", "unchanged", "duplicate", "superseded", "skipped", "refused"):
            counts[name] += getattr(book, name)
    return counts


def test_a_second_build_of_the_same_source_reads_nothing_and_publishes_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "q.zip", real_questions(30))
    first = build([source], tmp_path / "data")
    again = build([source], tmp_path / "data")
    assert (first.changed, again.changed, again.generation) == (True, False, "g1")
    assert (books(again)["unchanged"], books(again)["loaded"]) == (30, 0)


def test_an_archive_packed_anew_in_another_order_changes_nothing(tmp_path: Path) -> None:
    questions = real_questions(30)
    build([write(tmp_path / "q.zip", questions)], tmp_path / "data")
    before = parts(tmp_path / "data")
    again = build([write(tmp_path / "q.zip", questions, shuffle=7)], tmp_path / "data")
    assert not again.changed
    assert parts(tmp_path / "data") == before


def test_a_changed_record_changes_its_own_statements_and_no_others(tmp_path: Path) -> None:
    questions = real_questions(30)
    build([write(tmp_path / "q.zip", questions)], tmp_path / "data")
    name = sorted(questions)[3]
    questions[name]["question"]["indexationAN"]["teteAnalyse"] = "Un titre nouveau"
    questions[name]["question"]["indexationAN"]["analyses"] = None
    report = build([write(tmp_path / "q.zip", questions)], tmp_path / "data")
    assert report.questions == {"all": 30, "new": 0, "changed": 1, "removed": 0}
    assert report.patch is not None
    changed = {place: n for place, n in report.patch.by_place.items() if not place.startswith("meta ")}
    assert set(changed) == {"questions/an-15-qe http://purl.org/dc/terms/title"}
    assert report.generation == "g2"
    build([write(tmp_path / "q.zip", questions)], tmp_path / "anew")
    assert statements(tmp_path / "data") == statements(tmp_path / "anew")
    assert parts(tmp_path / "data") == parts(tmp_path / "anew")


def test_a_change_after_a_build_that_changed_nothing_but_provenance_is_a_patch_on_what_the_store_holds(
    tmp_path: Path,
) -> None:
    questions = real_questions(30)
    data = tmp_path / "data"
    build([write(tmp_path / "q.zip", questions)], data)
    bad = {**questions, "zz.json": {"question": {"uid": "QANR5L15QE1"}}}
    unchanged = build([write(tmp_path / "q.zip", bad)], data)
    assert (unchanged.changed, len(unchanged.refused)) == (False, 1)
    questions[min(questions)]["question"]["textesReponse"] = None
    assert build([write(tmp_path / "q.zip", questions)], data).generation == "g2"
    (data / "ledger.sqlite").unlink()
    build([write(tmp_path / "q.zip", bad)], data)
    questions[max(questions)]["question"]["textesReponse"] = None
    assert build([write(tmp_path / "q.zip", questions)], data).generation == "g3"


EDITS = st.lists(
    st.tuples(st.integers(0, 39), st.sampled_from(["title", "answer", "unanswer", "drop", "text", "joint"])),
    min_size=1,
    max_size=6,
)


def edit(questions: Questions, everything: Questions, edits: list[tuple[int, str]]) -> None:
    names = sorted(everything)
    for place, kind in edits:
        name = names[place % len(names)]
        if kind == "drop":
            questions.pop(name, None)
            continue
        record = questions.setdefault(name, json.loads(json.dumps(everything[name])))["question"]
        if kind == "title":
            record["indexationAN"].update(teteAnalyse=f"Titre {place}", analyses=None)
        elif kind == "text" and record["textesQuestion"]:
            record["textesQuestion"]["texteQuestion"]["texte"] = f"Un autre texte, {place}."
        elif kind == "unanswer":
            record.update(textesReponse=None, cloture=None)
        elif kind in {"answer", "joint"}:
            text = "Une réponse commune." if kind == "joint" else f"Une réponse, {place}."
            step = {"typeJO": "JO_QUESTION", "dateJO": "2024-06-11"}
            record["textesReponse"] = {"texteReponse": {"infoJO": step, "texte": text}}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(EDITS, min_size=1, max_size=3))
def test_a_patched_state_is_the_state_built_anew_whatever_the_history(
    tmp_path_factory: pytest.TempPathFactory, history: list[list[tuple[int, str]]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    everything = real_questions(40)
    questions: Questions = json.loads(json.dumps({n: everything[n] for n in sorted(everything)[:36]}))
    build([write(folder / "q.zip", questions)], folder / "data")
    for edits in history:
        edit(questions, everything, edits)
        build([write(folder / "q.zip", questions)], folder / "data", options=Options(prune=True))
    build([write(folder / "q.zip", questions)], folder / "anew")
    assert parts(folder / "data") == parts(folder / "anew")
    assert statements(folder / "data") == statements(folder / "anew")


def test_a_record_that_vanished_is_kept_unless_pruning_is_asked_for(tmp_path: Path) -> None:
    questions = real_questions(40)
    build([write(tmp_path / "q.zip", questions)], tmp_path / "data")
    del questions[min(questions)]
    kept = build([write(tmp_path / "q.zip", questions)], tmp_path / "data")
    assert kept.questions["all"] == 40
    assert sum(book.vanished for book in kept.books) == 1
    pruned = build([write(tmp_path / "q.zip", questions)], tmp_path / "data", options=Options(prune=True))
    assert (pruned.questions["all"], pruned.questions["removed"]) == (39, 1)


def test_a_source_that_shrinks_is_refused_and_the_old_state_stays(tmp_path: Path) -> None:
    questions = real_questions(40)
    build([write(tmp_path / "q.zip", questions)], tmp_path / "data")
    few = {name: questions[name] for name in sorted(questions)[:30]}
    with pytest.raises(BuildError, match="10 records fewer than the 40"):
        build([write(tmp_path / "q.zip", few)], tmp_path / "data")
    assert (tmp_path / "data" / "CURRENT").read_text(encoding="utf-8") == "g1\n"


def test_too_many_refusals_publish_nothing(tmp_path: Path) -> None:
    questions = real_questions(10)
    for name in sorted(questions)[:5]:
        questions[name]["question"]["auteur"] = None
    with pytest.raises(BuildError, match="5 of 10 records refused"):
        build([write(tmp_path / "q.zip", questions)], tmp_path / "data", options=Options(max_reject_rate=0.1))
    assert not (tmp_path / "data" / "CURRENT").exists()


def test_a_build_adds_sources_and_fresh_forgets_those_not_given(tmp_path: Path) -> None:
    questions = real_questions(20)
    names = sorted(questions)
    one = write(tmp_path / "one.zip", {n: questions[n] for n in names[:12]})
    two = write(tmp_path / "two.zip", {n: questions[n] for n in names[8:]})
    build([one], tmp_path / "data")
    both = build([two], tmp_path / "data")
    assert both.questions["all"] == 20
    assert books(both)["duplicate"] == 4
    assert all(book.balances() for book in both.books)
    alone = build([two], tmp_path / "data", options=Options(fresh=True))
    assert alone.questions["all"] == 12


def test_new_reference_data_asks_for_the_questions_again(tmp_path: Path) -> None:
    with sample() as (actors, _, page, _):
        build([page], tmp_path / "data")
        with pytest.raises(BuildError, match="must be read again: 15-10719QE"):
            build([actors], tmp_path / "data")
        report = build([actors, page], tmp_path / "data")
    assert report.notes.get("unknown-author") is None


def test_a_dry_run_shows_the_change_and_publishes_nothing(tmp_path: Path) -> None:
    questions = real_questions(12)
    source = write(tmp_path / "q.zip", questions)
    data = tmp_path / "data"
    command = [sys.executable, "-m", "questeur", "build", str(source), "--into", str(data)]
    assert subprocess.run([*command, "-q"], check=False).returncode == 0
    del questions[min(questions)]["question"]["textesQuestion"]["texteQuestion"]["texte"]
    write(source, questions)
    run = subprocess.run([*command, "--dry-run"], capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert "questions: 0 new, 1 changed, 0 removed" in run.stdout
    assert "questionText" in run.stdout
    assert "\nD <https://w3id.org/questeur/id/question/" in run.stdout
    assert (data / "CURRENT").read_text(encoding="utf-8") == "g1\n"


def test_a_lost_or_damaged_ledger_gives_the_same_state(tmp_path: Path) -> None:
    source = write(tmp_path / "q.zip", real_questions(15))
    build([source], tmp_path / "data")
    before = parts(tmp_path / "data")
    (tmp_path / "data" / "ledger.sqlite").write_bytes(b"not a database")
    for left in (tmp_path / "data").glob("ledger.sqlite-*"):
        left.unlink()
    again = build([source], tmp_path / "data")
    assert not again.changed
    assert parts(tmp_path / "data") == before


def test_one_process_or_many_give_the_same_bytes(tmp_path: Path, demo: tuple[Path, Report]) -> None:
    with sample() as sources:
        build(sources, tmp_path / "three", options=Options(jobs=3))
    assert parts(tmp_path / "three") == parts(demo[0])


class Dying:
    """A pool that runs a few tasks here and then gives up, as a build that is interrupted does."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.done = 0

    def run(self, function: Callable[..., Any], tasks: Any) -> Any:  # noqa: ANN401 - any pure function
        """Run some, then give up."""
        for task in tasks:
            if self.done == self.after:
                raise KeyboardInterrupt
            self.done += 1
            yield function(task)


def test_an_interrupted_build_takes_up_what_was_mapped(tmp_path: Path) -> None:
    source = write(tmp_path / "q.zip", real_questions(30))
    with pytest.raises(KeyboardInterrupt):
        build([source], tmp_path / "data", pool=Dying(after=1))
    mapped = list((tmp_path / "data" / "work").glob("*.report"))
    assert len(mapped) == 1
    stamp = mapped[0].stat().st_mtime_ns

    class Watching(Here):
        """Looks at the mapped batch before it is swept."""

        def run(self, function: Callable[..., Any], tasks: Any) -> Any:  # noqa: ANN401 - any pure function
            for task in tasks:
                yield function(task)
                assert not mapped[0].exists() or mapped[0].stat().st_mtime_ns == stamp

    report = build([source], tmp_path / "data", pool=Watching())
    assert report.questions["all"] == 30


def test_a_worker_that_is_killed_ends_the_build_with_a_clear_error_and_the_next_one_succeeds(tmp_path: Path) -> None:
    source = write(tmp_path / "q.zip", real_questions(20))
    with Local(2) as pool, pytest.raises(BuildError, match="a worker process died"):
        list(pool.run(_die, [1, 2, 3]))
    assert build([source], tmp_path / "data", options=Options(jobs=2)).questions["all"] == 20


def _die(_task: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
