"""What the pages say of settings, commands, rooms and numbers is what the code does."""

import ast
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
import typer

import qkv
import qkv.attention
import qkv.attention.scores
import qkv.attention.select
import qkv.inspection
from qkv.attention import Weights, attend
from qkv.cli.main import app
from qkv.data.tokenizer import Tokenizer
from qkv.inspection import Seen, explain_text, worked_example
from qkv.models import ModelConfig, build
from qkv.models.folder import save_model
from qkv.settings import declared
from qkv.training.config import PRESETS, SETTINGS, TrainConfig, configs
from tools.settings_page import with_tables

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS: Any = typer.main.get_command(app)

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(page: str, language: str | None = None) -> list[str]:
    """The fenced blocks of a page, all of them or those in one language."""
    return [code for name, code in BLOCK.findall(page) if language in (None, name)]


def tables(page: str) -> Iterator[list[list[str]]]:
    """Each table as rows of cells, the heading first, backquotes taken off."""
    for table in re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE):
        rows = [line.split(" | ") for line in ROW.findall(table)]
        yield [[cell.strip().strip("`") for cell in row] for row in rows]


# Settings


def setting_rows() -> list[dict[str, str]]:
    """The rows of docs/settings.md, cells by heading."""
    found = []
    for heading, *rows in tables(text("docs/settings.md")):
        if heading[0] == "setting":
            found += [dict(zip(heading, row, strict=True)) for row in rows]
    return found


def default(name: str, architecture: str) -> str:
    """What a run has when nothing is said, as the page writes it."""
    model, train = configs({"architecture": architecture})
    value = {**vars(model), **vars(train)}[name]
    if value is None:
        return "auto"
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_settings_page_names_every_setting_once() -> None:
    names = [row["setting"] for row in setting_rows()]
    every = {field.name for config in (ModelConfig, TrainConfig) for field in fields(config)}
    assert len(names) == len(set(names))
    assert set(names) == every


@pytest.mark.parametrize("row", setting_rows(), ids=lambda row: row["setting"])
def test_the_settings_page_gives_the_defaults(row: dict[str, str]) -> None:
    told = {name: row[name] for name in ("transformer", "rnn") if name in row}
    assert told
    assert told == {name: default(row["setting"], name) for name in told}
    assert row["what it is"]


def test_the_settings_page_gives_the_defaults_of_pictures() -> None:
    told = text("docs/settings.md").split("With pictures these defaults are others: ")[1]
    shared, rnn, transformer = told.split(".\n")[0].replace("\n", " ").split("; ")
    for architecture, more in (("rnn", rnn), ("transformer", transformer)):
        of_pictures, of_text = (
            {**vars(model), **vars(train)}
            for model, train in (
                configs({"architecture": architecture}, pictures=pictures)
                for pictures in (True, False)
            )
        )
        other = {name: value for name, value in of_pictures.items() if value != of_text[name]}
        for name in ("vision", "picture"):
            other.pop(name, None)
        found = {}
        for names, value in re.findall(
            r"((?:`\w+`(?: and )?)+) ([\d.]+|true)", f"{shared}, {more}"
        ):
            for name in re.findall(r"`(\w+)`", names):
                found[name] = value
        found |= {"embedding": found["width"]} if "width" in found else {}
        assert found == {name: str(value).lower() for name, value in other.items()}


def test_the_tables_of_the_settings_page_are_as_the_settings_declare_them() -> None:
    """If not: python -m tools.settings_page"""
    page = text("docs/settings.md")
    assert with_tables(page) == page


@pytest.mark.parametrize(
    ("heading", "what", "value"),
    [
        ("Pictures only", "source", "pictures"),
        ("Transformer only", "architecture", "transformer"),
        ("RNN only", "architecture", "rnn"),
    ],
)
def test_the_page_says_which_settings_cannot_be_set(heading: str, what: str, value: str) -> None:
    section = text("docs/settings.md").split(f"### {heading}\n")[1].split("\n##")[0]
    names = [name for name, setting in SETTINGS.items() if setting.only.get(what) == value]
    assert [row[0] for row in next(tables(section))[1:]] == names


def test_the_page_says_what_is_filled_in() -> None:
    section = text("docs/settings.md").split("### Filled in\n")[1].split("\n##")[0]
    filled_in = [name for name, s in declared(ModelConfig).items() if s.filled_in]
    assert [row[0] for row in next(tables(section))[1:]] == [
        name for name in filled_in if name not in SETTINGS
    ]


def test_the_page_spells_out_every_preset() -> None:
    presets = text("docs/settings.md").split("## Presets\n")[1].split("\n### ")[1:]
    told = {preset.splitlines()[0]: blocks(preset, "toml")[0] for preset in presets}
    assert {name: tomllib.loads(code) for name, code in told.items()} == PRESETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_files_in_the_pages_are_good_ones(page: Path) -> None:
    for code in blocks(page.read_text(encoding="utf-8"), "toml"):
        configs(tomllib.loads(code))


# Commands


def command_lines(page: str) -> list[str]:
    """Every `qkv ...` in a fenced or indented block: alone, after a prompt or in a pipe."""
    indented = re.findall(r"^ {4}.*", BLOCK.sub("", page), re.MULTILINE)
    code = "\n".join([*blocks(page), *indented]).replace("\\\n", " ")
    return re.findall(r"(?:^ *|[$|&] *)(qkv .+?)(?= [|<>&]|$)", code, re.MULTILINE)


def mentions(page: str) -> list[str]:
    """Every `qkv ...` inside a sentence; such a command need not be whole."""
    return re.findall(r"`(qkv [^`]+)`", BLOCK.sub("", page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_pages_parse(page: Path) -> None:
    for line in command_lines(page.read_text(encoding="utf-8")):
        _, name, *arguments = shlex.split(line)
        given = COMMANDS.commands[name].make_context(name, arguments).params
        if name == "train":
            names = ("architecture", "attention", "select", "vision", "device")
            chosen = {key: given[key] for key in names if given[key]}
            settings = dict(pair.split("=", 1) for pair in given["set_"] or []) | chosen
            configs(settings, pictures=given["images"] is not None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_named_in_the_pages_exist(page: Path) -> None:
    for line in mentions(page.read_text(encoding="utf-8")):
        name, *rest = line.split()[1:]
        command = COMMANDS if name.startswith("-") else COMMANDS.commands[name]
        context = command.make_context(name, [], resilient_parsing=True)
        known = {option for each in command.get_params(context) for option in each.opts}
        assert {word for word in [name, *rest] if word.startswith("--")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_named_alone_belong_to_a_command(page: Path) -> None:
    known = {
        each
        for command in COMMANDS.commands.values()
        for p in command.params
        for each in (*p.opts, *p.secondary_opts)
    }
    named = re.findall(r"`(--[a-z-]+)", BLOCK.sub("", page.read_text(encoding="utf-8")))
    assert set(named) <= known


def test_the_readme_has_commands_to_check() -> None:
    found = {line.split()[1] for line in command_lines(text("README.md"))}
    assert found == {
        "demo", "explain", "check", "train", "translate", "caption", "evaluate", "show", "report",
        "serve",
    }  # fmt: skip


# The two READMEs


def headings(page: str) -> list[str]:
    """The levels of a page's headings, # or ##, in order."""
    return re.findall(r"^(#+) ", BLOCK.sub("", page), re.MULTILINE)


def test_the_readmes_are_one_page_in_two_languages() -> None:
    english, chinese = map(text, READMES)
    assert blocks(english) == blocks(chinese)
    assert headings(english) == headings(chinese)


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_shows_the_rooms_that_exist(readme: str) -> None:
    shown = [row[0] for table in tables(text(readme)) for row in table[1:]]
    package = [
        f"qkv/{path.name}" + "/" * path.is_dir()
        for path in (ROOT / "qkv").iterdir()
        if not path.name.startswith("__") and path.name != "py.typed"
    ]
    assert sorted(name for name in shown if name.startswith("qkv/")) == sorted(package)
    assert [name for name in shown if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_worked_example_in_the_readme_is_what_qkv_explain_prints() -> None:
    printed = explain_text(worked_example()).splitlines()
    [excerpt] = [block for block in blocks(text("README.md"), "text") if "exp(e" in block]
    assert [line for line in excerpt.splitlines() if line not in printed] == []


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    """A folder `model` as the README's commands leave it, with weights that know nothing."""
    folder = tmp_path / "model"
    folder.mkdir()
    vocabulary = {}
    for side, line in (("source", "我喜欢咖啡"), ("target", "I like coffee")):
        tokenizer = Tokenizer.train([line] * 2, 300)
        tokenizer.save(folder / f"{side}.tokenizer.json")
        vocabulary[f"{side}_vocabulary"] = tokenizer.vocabulary_size
    config = ModelConfig(**vocabulary, joint=False, width=8, embedding=8, heads=2)
    save_model(folder, config, dict(build(config).named_parameters()))
    return tmp_path


# Python in the pages

GUIDES = [page for page in PAGES if page.parent in (ROOT, ROOT / "docs")]
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\n+```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def folders(page: Path, request: pytest.FixtureRequest) -> Path:
    """Where the page's commands have left what its Python reads."""
    folder = request.getfixturevalue("tmp_path")
    if page.name == "training.md":
        (folder / "model").symlink_to(request.getfixturevalue("rnn"))
        return folder
    if page.name != "captions.md":
        return request.getfixturevalue("tiny_model")
    (folder / "model").symlink_to(request.getfixturevalue("captioner"))
    (folder / "photos").mkdir()
    album = Path(request.getfixturevalue("album")["images"]).parent
    shutil.copy(album / "red-blue.png", folder / "photos" / "a.jpg")
    return folder


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_the_python_of_the_pages_runs(
    page: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a page run one after the other, in one namespace, as a reader would."""
    page_text = page.read_text(encoding="utf-8")
    left_out = {code: reason for reason, code in NOT_RUN.findall(page_text)}
    code = "\n".join(block for block in blocks(page_text, "python") if block not in left_out)
    monkeypatch.chdir(folders(page, request))
    if "transformers" in code:
        transformers = pytest.importorskip("transformers")
        transformers.BertModel(transformers.BertConfig(num_hidden_layers=4)).save_pretrained("bert")
    torch.manual_seed(0)
    exec(compile(code, page.name, "exec"), {})


def calls(page: str) -> Iterator[ast.Call]:
    """Every `name(...)` in a sentence or a table that names something of qkv."""
    for code in re.findall(r"`([^`\n]+)`", BLOCK.sub("", page)):
        try:
            tree = ast.parse(re.sub(r"=(?=[,)])", "=None", code.replace("…", "...")), mode="eval")
        except SyntaxError:
            continue
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_calls_named_in_the_pages_fit_their_functions(page: Path) -> None:
    rooms = [qkv, qkv.attention, qkv.readouts, qkv.inspection]
    offered = {name: value for room in rooms for name, value in vars(room).items()}
    kinds = {"weights": Weights, "seen": Seen}
    for call in calls(page.read_text(encoding="utf-8")):
        *owner, name = ast.unparse(call.func).split(".")
        if owner[:1] == ["qkv"] or not owner:
            function, self = offered.get(name), []
        else:
            function, self = getattr(kinds.get(owner[-1]), name, None), [None]
        given = [ast.unparse(argument) for argument in call.args]
        if not callable(function) or given == ["..."]:
            continue
        parameters = signature(function).parameters
        signature(function).bind(*self, *given, **{each.arg or "": None for each in call.keywords})
        by_name = {p.name for p in parameters.values() if p.kind is p.KEYWORD_ONLY}
        assert not by_name & set(given), f"{ast.unparse(call)}: give it by name"


def test_the_page_gives_the_signature_of_attend() -> None:
    told = re.search(r"`attend\((.*?)\)`", text("docs/attention.md"))
    assert told
    assert told[1].replace(" *,", "").split(", ") == list(signature(attend).parameters)


def test_the_page_names_all_scores_and_selections() -> None:
    rows = [row for table in tables(text("docs/attention.md")) for row in table]
    told = {name for row in rows for name in re.findall(r"\w+", row[0])}
    protocols = {"Score", "Select", "Unsettled", "Dot"}
    for room in (qkv.attention.scores, qkv.attention.select):
        offered = {*room.__all__} & {*qkv.attention.__all__} - protocols
        assert {name for name in offered if not name.startswith("is_")} <= told


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_shell_commands_beside_qkv_name_what_is_there(page: Path) -> None:
    targets = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]
    assert targets
    for code in blocks(page.read_text(encoding="utf-8"), "sh"):
        for line in re.split(r"\n|&&", code):
            match shlex.split(line):
                case ["make", target]:
                    assert target in targets[1].split()
                case ["python", script, *_]:
                    assert (ROOT / script).exists()
                case ["pip", "install", what]:
                    assert what == "." or set(re.findall(r"\[(.*)\]", what)[0].split(",")) <= set(
                        extras
                    )
                case ["qkv", *_] | []:
                    pass
                case other:
                    pytest.fail(f"unknown command {other}")


# The overview

SOURCES = {
    path.relative_to(ROOT / "qkv").as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "qkv").rglob("*.py")
}


def quoted(page: str) -> list[str]:
    """What stands between backquotes in sentences and tables."""
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", page))


def test_the_files_that_the_overview_names_are_there() -> None:
    named = [code for code in quoted(text("docs/overview.md")) if re.fullmatch(r"[\w./]+", code)]
    files = [code for code in named if "/" in code or code.endswith(".py")]
    assert len(files) > 30
    made = {"run/"}  # by a run
    rooms = [ROOT, ROOT / "qkv"]
    assert [f for f in files if f not in made and not any((r / f).exists() for r in rooms)] == []


def test_the_names_in_the_overview_are_defined() -> None:
    everything = "\n".join(SOURCES.values())
    names = {
        re.split(r"[(\[=]", code)[0].split(".")[-1] for code in quoted(text("docs/overview.md"))
    }
    names = {name for name in names if name.isidentifier()} - {
        "py",
        "json",
        "safetensors",
        "md",
        "gz",
    }
    assert len(names) > 50
    defined = {
        name
        for name in names
        if re.search(rf"(?:def|class) {name}\b|\b{name}\b\s*[:=]", everything)
    }
    assert names == defined


def test_each_of_the_ten_questions_is_answered_by_its_file() -> None:
    section = text("docs/overview.md").split("## Ten questions\n")[1]
    [[_, *rows]] = list(tables(section))
    assert len(rows) == 10
    for question, file, answer in rows:
        name = re.split(r"\W", answer)[0]
        assert re.search(rf"(?:def|class) {name}\b", SOURCES[file]), (question, name)
