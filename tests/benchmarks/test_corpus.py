"""The synthetic corpus: the same for the same seed, the same in every form, true to its truth."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpus.__main__ import main
from benchmarks.corpus.archives import Form
from benchmarks.corpus.dice import Dice, quantile
from benchmarks.corpus.making import Made, Options, make_corpus, write_corpus
from benchmarks.corpus.rates import QUESTION_LENGTH
from benchmarks.corpus.truth import digest
from ontology.errors import ConfigError, SourceError

from .reading import answer_key, files, read_corpus, truth_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Corpus

    Drawn = Callable[..., Corpus]
    Written = Callable[[Corpus, Form], Made]


def test_the_same_options_give_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    options = Options(out=tmp_path / "one", questions=40)
    for made in (options, replace(options, out=tmp_path / "two"), replace(options, out=tmp_path / "other", seed=2)):
        make_corpus(made)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    one, other = files(tmp_path / "one"), files(tmp_path / "other")
    assert one.keys() == other.keys()
    assert not any(one[name] == other[name] for name in one)


def test_chance_keeps_its_sequence() -> None:
    dice = Dice(1, "fates")
    assert [dice.below(1000) for _ in range(6)] == [635, 859, 29, 144, 424, 984]


@pytest.mark.parametrize("quirks", ["none", "default", "heavy"])
def test_the_totals_agree_with_a_recount_of_the_files(drawn: Drawn, written: Written, quirks: str) -> None:
    made = written(drawn(16, quirks), Form.JSON_ZIP)
    records = list(read_corpus(made.corpus, Form.JSON_ZIP).values())
    totals = json.loads((made.truth.parent / "totals.json").read_bytes())
    joint = Counter(answer_key(record) for record in records if "textesReponse" in record)
    closures = Counter(record.get("cloture", {}).get("codeCloture", "none") for record in records)
    refused = sum(record["uid"] != f"QANR5L16QE{record['identifiant']['numero']}" for record in records)
    with zipfile.ZipFile(made.corpus) as archive:
        members = len(archive.namelist())
    assert totals == made.totals
    assert totals["questions"] == len(records)
    assert totals["answered"] == joint.total()
    assert totals["answers"] == len(joint)
    assert totals["joint_answers"] == sum(count > 1 for count in joint.values())
    assert totals["closures"] == closures
    assert totals["renewed"] == sum("renouvellements" in record for record in records)
    assert totals["signalled"] == sum("signalement" in record for record in records)
    assert totals["attributions"] == Counter(a["cause"] for truth in truth_lines(made) for a in truth["attributions"])
    assert totals["quirks"] == Counter(quirk for truth in truth_lines(made) for quirk in truth["quirks"])
    assert totals["books"]["refused"] == refused
    assert totals["books"]["read"] == members
    assert members == sum(totals["books"][verdict] for verdict in ("loaded", "skipped", "refused"))


@pytest.mark.parametrize("legislature", [15, 16])
def test_each_line_of_the_truth_says_what_the_record_prints(drawn: Drawn, written: Written, legislature: int) -> None:
    made = written(drawn(legislature, "heavy"), Form.NDJSON)
    records = read_corpus(made.corpus, Form.NDJSON)
    for truth in truth_lines(made):
        record = records[truth["uid"]]
        asked = record["textesQuestion"]["texteQuestion"][0]
        history = record["minAttribs"]["minAttrib"]
        assert truth["day"] == asked["infoJO"]["dateJO"]
        assert truth["text_sha256"] == digest(asked["texte"])
        assert truth["deputy"] == record["auteur"]["identite"]["acteurRef"]
        assert truth["mandate"] == record["auteur"]["identite"]["mandatRef"]
        assert truth["group"] == record["auteur"]["groupe"]["organeRef"]
        assert [a["label"] for a in truth["attributions"]] == [a["denomination"]["developpe"] for a in history]
        assert [a["day"] for a in truth["attributions"]] == [a["infoJO"]["dateJO"] for a in history]
        if truth["asked"]["rule"] == "ref":
            assert truth["asked"]["ministry"] == record["minInt"]["organeRef"]
        if truth["answer"]:
            assert truth["answer"]["text_sha256"] == digest(record["textesReponse"]["texteReponse"][0]["texte"])


def test_everything_says_that_it_is_synthetic(tmp_path: Path, capsys: pytest.CaptureFixture[str], drawn: Drawn) -> None:
    assert main(["--questions", "20", "-o", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("synthetic")
    (corpus,) = tmp_path.glob("*.zip")
    with zipfile.ZipFile(corpus) as archive:
        assert archive.comment == b"synthetic"
    assert corpus.name.startswith("synthetic")
    assert all(json.loads(line)["synthetic"] for line in (tmp_path / "truth.ndjson").read_bytes().splitlines())
    assert json.loads((tmp_path / "totals.json").read_bytes())["synthetic"]
    texts = [text for draw in drawn(15)[1] for text in (draw.text, draw.answer) if text]
    assert all("[synthetic]" in text.replace("\u00a0", " ") for text in texts)


def test_no_text_names_an_author_of_the_sample_but_as_its_own_author(drawn: Drawn) -> None:
    for draw in drawn(15, "none")[1]:
        _, _, rest = draw.text.partition(draw.question.deputy.name)
        assert not any(name in rest for name in ("Mélenchon", "Le Pen", "Guedj", "Attal"))


def test_options_no_corpus_can_be_made_of_are_refused(tmp_path: Path) -> None:
    options = Options(out=tmp_path)
    with pytest.raises(ConfigError, match="legislature cannot be 3"):
        replace(options, legislature=3)
    with pytest.raises(ConfigError, match="quirks cannot be 'some'"):
        replace(options, quirks="some")
    with pytest.raises(ConfigError, match="questions cannot be 0"):
        replace(options, questions=0)


def test_a_file_that_is_no_archive_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"not a zip")
    with pytest.raises(SourceError, match=r"wrong\.zip"):
        make_corpus(Options(out=tmp_path, amo=wrong))
    assert main(["--sample", str(wrong), "-o", str(tmp_path)]) == 1
    assert "wrong.zip" in capsys.readouterr().err


def test_a_folder_of_another_corpus_is_not_mixed_with(tmp_path: Path, drawn: Drawn) -> None:
    options, draws = drawn(15, "none")
    options = replace(options, out=tmp_path, form=Form.JSON_FOLDER)
    write_corpus(draws[:3], options)
    with pytest.raises(ConfigError, match="already there"):
        write_corpus(draws, options)


@given(st.floats(0, 1))
def test_a_quantile_lies_between_its_neighbours(share: float) -> None:
    value = quantile(QUESTION_LENGTH, share)
    below = [length for part, length in QUESTION_LENGTH if part <= share]
    above = [length for part, length in QUESTION_LENGTH if part >= share]
    assert max(below) <= value <= min(above)
