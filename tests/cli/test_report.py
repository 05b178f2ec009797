"""`qkv report`: what it writes, and what it refuses before anything is written."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from qkv.data.words import spans
from qkv.evaluation import alignment_error_rate
from qkv.inspection.view import translation_view
from qkv.pipeline import load_translator
from tests import pages
from tests.cli.conftest import Qkv
from tests.tiny import TRANSFORMER, train

SENTENCES = ["我喜欢咖啡", "你有书"]


@pytest.fixture(autouse=True)
def _script(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the page's own, which tests in a browser look at."""
    path = tmp_path_factory.mktemp("page") / "report.js"
    path.write_text("0\n", "utf-8")
    monkeypatch.setattr(import_module("qkv.inspection.report"), "SCRIPT", path)


def views(path: Path) -> list[dict]:
    return pages.Page(path.read_text("utf-8")).views["views"]


@pytest.mark.parametrize("name", ["transformer", "rnn", "one_vector"])
def test_texts(name: str, request: pytest.FixtureRequest, qkv: Qkv, tmp_path: Path) -> None:
    folder: Path = request.getfixturevalue(name)
    out = tmp_path / "a.html"
    printed = qkv("report", folder, *SENTENCES, "--out", out, "--device", "cpu").printed()
    assert printed == f"{out}: open it in a browser.\n"
    translations = load_translator(folder).translate(SENTENCES, nbest=5)
    for view, translation in zip(views(out), translations, strict=True):
        wanted = translation_view(translation, model=view["model"])
        assert view["maps"] == wanted["maps"]
        assert [a["text"] for a in view["alternatives"]] == [
            each.text for each in (translation, *translation.alternatives)
        ]
        assert view["model"]["name"] == folder.name


def test_models_and_steps_side_by_side(
    qkv: Qkv, rnn: Path, tmp_path: Path, corpus: dict[str, str]
) -> None:
    folder, out = tmp_path / "kept", tmp_path / "a.html"
    train(folder, corpus, TRANSFORMER | {"max_steps": 8, "keep_checkpoints": True})
    steps = [int(path.stem.split("-")[1]) for path in (folder / "run").glob("weights-*")]
    first = min(steps)
    result = qkv("report", folder, *SENTENCES, "--against", rnn, "--step", str(first), "--out", out)
    result.printed()
    found = [(view["title"], view["model"]["name"]) for view in views(out)]
    names = ["kept", f"kept, step {first}", "rnn"]
    assert found == [(text, name) for text in SENTENCES for name in names]
    result = qkv("report", folder, "我", "--step", "9999", "--out", tmp_path / "b.html")
    assert "9999" in result.refusal()


def test_gold_links_and_a_translation_that_people_wrote(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    gold, out = tmp_path / "gold.txt", tmp_path / "a.html"
    gold.write_text("0-0 1-1 2?1 3-2\n0-0\n", "utf-8")
    targets = ["I like coffee", "you have books"]
    written = [word for target in targets for word in ("--target", target)]
    qkv("report", transformer, *SENTENCES, *written, "--gold", gold, "--out", out).printed()
    first, second = views(out)
    assert [view["sides"][1]["text"] for view in (first, second)] == targets
    translation = load_translator(transformer).forced(SENTENCES[0], targets[0])
    links = set(translation.alignment())
    assert first["gold"] == {
        "sure": [[0, 0], [1, 1], [3, 2]],
        "possible": [[0, 0], [1, 1], [2, 1], [3, 2]],
        "links": [list(link) for link in sorted(links)],
        "aer": alignment_error_rate(
            [links], [{(0, 0), (1, 1), (3, 2)}], [{(0, 0), (1, 1), (2, 1), (3, 2)}]
        ),
    }
    assert second["gold"]["sure"] == [[0, 0]]


def test_a_text_unlike_the_training_text_is_named(qkv: Qkv, rnn: Path, tmp_path: Path) -> None:
    arguments = ("我喜欢咖啡", "Ĝĝ ĤĥĴĵ", "--out", tmp_path / "a.html", "--max-length", "9")
    result = qkv("report", rnn, *arguments)
    assert result.code == 0
    assert result.err.startswith("qkv: rnn, text 2: unlike the training text: ")
    assert len(result.err.splitlines()) == 1


def test_long_texts_that_begin_alike_are_not_one(qkv: Qkv, rnn: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    texts = [f"{'我 喜欢 ' * 40}{last}" for last in ("茶", "书")]
    short = ["--beam", "1", "--max-length", "5"]
    assert qkv("report", rnn, *texts, "我", *short, "--out", out).code == 0
    begins = texts[0][:99]
    assert [view["title"] for view in views(out)] == [f"1. {begins}…", f"2. {begins}…", "我"]


def test_pictures(qkv: Qkv, captioner: Path, album: dict[str, str], tmp_path: Path) -> None:
    pictures = [Path(album["images"]).parent / f"{name}.png" for name in ("red-blue", "blue-red")]
    qkv("report", captioner, *pictures, "--out", tmp_path / "a.html").printed()
    found = views(tmp_path / "a.html")
    assert [view["title"] for view in found] == [str(path) for path in pictures]
    assert all(view["picture"]["width"] == 32 for view in found)
    assert {view["model"]["parts"]["vision"] for view in found} == {"pixels"}


def test_a_text_of_five_thousand_words(qkv: Qkv, rnn: Path, tmp_path: Path) -> None:
    text = f"{'我 喜欢 咖啡 书 茶 ' * 10}。 " * 100
    out = tmp_path / "a.html"
    short = ["--beam", "1", "--max-length", "8"]
    assert qkv("report", rnn, text, *short, "--out", out).code == 0
    [view] = views(out)
    assert len(spans(view["sides"][0]["text"])) > 5000
    assert len(view["maps"][0]["blocks"]) == 100
    assert out.stat().st_size < 20e6


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--out", "none/a.html"], "no folder none; make it first"),
        (["--against", "none"], "none/config.json: no such file"),
        (["--against", "{captioner}"], "one captions pictures, one translates text"),
        (["--against", "{model}"], "are one and the same"),
        (["--target", "a", "--target", "b"], "--target was given 2 times for 1 texts"),
        (["--gold", "{two}"], "has 2 lines for 1 texts"),
        (["--gold", "{beyond}"], "line 1: link 9-9 is beyond the texts, which have 5 and"),
        (["--gold", "{odd}"], "'x' is not a link"),
        (["--beam", "0"], "beam must be a whole number"),
        ([" "], "text 2 is empty; give some words to translate, or a picture."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    arguments: list[str],
    refusal: str,
    qkv: Qkv,
    transformer: Path,
    captioner: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in {"two": "0-0\n0-0\n", "beyond": "9-9\n", "odd": "x\n"}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    places = {"captioner": captioner, "model": transformer, "two": "two", "beyond": "beyond"}
    given = [argument.format(**places, odd="odd") for argument in arguments]
    assert refusal in qkv("report", transformer, SENTENCES[0], *given).refusal()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["beyond", "odd", "two"]


def test_a_step_that_is_not_kept_is_refused_before_anything_is_loaded(
    qkv: Qkv, transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qkv.pipeline.load", lambda *_, **__: pytest.fail("loaded"))
    refused = qkv("report", transformer, "我", "--step", "5", "--out", tmp_path / "a.html")
    assert "no weights of step 5 are kept" in refused.refusal()


def test_one_vector_has_no_links_to_compare(qkv: Qkv, one_vector: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("0-0\n", "utf-8")
    arguments = ("我喜欢咖啡", "--gold", gold, "--out", tmp_path / "a.html")
    done = qkv("report", one_vector, *arguments)
    assert done.code == 0
    assert "reads the source as one vector; it has no links to compare" in done.err


def test_options_of_text_are_not_for_pictures(
    qkv: Qkv, captioner: Path, album: dict[str, str], tmp_path: Path
) -> None:
    picture = Path(album["images"]).parent / "red-blue.png"
    out = tmp_path / "a.html"
    refused = qkv("report", captioner, picture, "--target", "a", "--out", out).refusal()
    assert "--target and --gold are for text" in refused
    refused = qkv("report", captioner, tmp_path / "no.png", "--out", out).refusal()
    assert "no.png" in refused
    assert not out.exists()
