"""qkv's own API gives what the same calls from Python give."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import qkv
from qkv.cli import main
from qkv.pipeline import Captioner, Glossary, Translation, Translator
from qkv.server import Models
from tests.serving import CLIENT, counts, running
from tests.tiny import PAIRS

TEXTS = [zh for zh, _ in PAIRS[:7]]


def post(address: str, path: str, body: Any) -> httpx.Response:
    return CLIENT.post(f"{address}{path}", json=body)


def answer(address: str, path: str, body: Any) -> Any:
    response = post(address, path, body)
    assert response.status_code == 200, response.text
    return response.json()


def refused(address: str, path: str, body: Any) -> tuple[int, str]:
    response = post(address, path, body)
    assert [*response.json()] == ["error"]
    return response.status_code, response.json()["error"]


def as_json(result: Any) -> Any:
    """What `as_dict` gives, once it has travelled as JSON."""
    return httpx.Response(200, json=result.as_dict()).json()


def records(translator: Translator, texts: list[str], **settings: Any) -> list[dict[str, Any]]:
    """What JSON lines have of each, but the links."""
    return [
        as_json(each) | translator.oddities(each).as_dict()
        for each in translator.translate(texts, **settings)
    ]


@pytest.fixture(scope="module")
def translator(transformer: Path) -> Translator:
    loaded = qkv.load(transformer)
    assert isinstance(loaded, Translator)
    return loaded


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"beam": 3, "nbest": 2, "length_penalty": 0.5},
        {"prefix": "I"},
        {"temperature": 1.5, "seed": 3, "nbest": 2},
        {"documents": True, "protect": False},
        {"banned": ["coffee"], "max_length": 4, "max_ratio": 1},
    ],
    ids=str,
)
def test_translations_are_those_of_python(
    address: str, translator: Translator, settings: dict[str, Any]
) -> None:
    told = answer(address, "/v1/translate", {"text": TEXTS, "model": "transformer", **settings})
    assert told["model"] == "transformer"
    assert told["translations"] == records(translator, TEXTS, **settings)


def test_one_text_prefixes_of_each_and_links(address: str, translator: Translator) -> None:
    body = {"text": TEXTS[:2], "prefix": ["I", "the"], "source": "zh", "alignment": True}
    told = answer(address, "/v1/translate", body)["translations"]
    here = translator.translate(TEXTS[:2], prefix=["I", "the"])
    assert [each["text"] for each in told] == [each.text for each in here]
    assert [each["alignment"] for each in told] == [[*map(list, t.alignment())] for t in here]
    assert all(len(each["confidence"]) == len(each["alignment"]) for each in told)
    [one] = answer(address, "/v1/translate", {"text": TEXTS[0], "source": "zh"})["translations"]
    assert [one] == records(translator, TEXTS[:1])


def test_a_glossary(address: str, translator: Translator) -> None:
    glossary = {"我": ["we", "us"], "喜欢": "adore"}
    body = {"text": TEXTS[:2], "source": "zh", "glossary": glossary, "glossary_bonus": 9}
    told = answer(address, "/v1/translate", body)["translations"]
    assert told == records(translator, TEXTS[:2], glossary=Glossary(glossary, 9))
    assert told[0]["terms"]
    assert refused(address, "/v1/translate", body | {"glossary": {"a": ""}}) == (
        422,
        "the glossary's '' is empty.",
    )
    assert refused(address, "/v1/translate", body | {"banned": ["adore"]})[0] == 422


def test_odd_texts_are_as_from_python(address: str, translator: Translator) -> None:
    texts = [
        "",
        "  \n",
        "喝",
        "ภาษาไทย",
        "مرحبا بالعالم",
        "😀👩‍👧",
        "e\u0301\u0301",
        "<b>x</b> &amp; <script>",
    ]
    told = answer(address, "/v1/translate", {"text": texts, "model": "transformer"})
    assert told["translations"] == records(translator, texts)


def test_warnings_are_those_of_json_lines(
    address: str,
    transformer: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    translate = Translator.translate

    def loop(self: Translator, texts: list[str], **settings: Any) -> list[Translation]:
        return [
            replace(each, ids=(300, 301, 302) * 3) if each.source == TEXTS[1] else each
            for each in translate(self, texts, **settings)
        ]

    monkeypatch.setattr(Translator, "translate", loop)
    texts = [TEXTS[0], TEXTS[1], "한국어", ""]
    body = {"text": texts, "model": "transformer", "alignment": True, "max_length": 8}
    told = answer(address, "/v1/translate", body)["translations"]
    (tmp_path / "texts").write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    command = f"qkv translate {transformer} {tmp_path}/texts --format jsonl --max-length 8"
    monkeypatch.setattr("sys.argv", command.split())
    with pytest.raises(SystemExit):
        main()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    flags = ("unknown_share", "repetition", "warnings")
    for sent, line in zip(told, lines, strict=True):
        assert sent.keys() == line.keys()
        assert [sent.get(name) for name in flags] == [line.get(name) for name in flags]
    assert [told[0].get(name) for name in flags] == [0, 0, None]
    assert [told[1].get(name) for name in flags] == [
        0, 0.5714, ["the translation repeats itself: 57% of its runs of three tokens"],
    ]  # fmt: skip
    assert told[2]["unknown_share"] == 1
    assert told[2]["warnings"][0] == "9 of its 9 tokens spell characters unknown to the model"


def test_the_api_is_described(address: str) -> None:
    schema = CLIENT.get(f"{address}/openapi.json").json()
    methods = [each for path in schema["paths"].values() for each in path.values()]
    operations = {each["operationId"]: each["summary"] for each in methods}
    by_default = {name: name.split("_")[0].capitalize() for name in operations}
    assert not [name for name in operations if operations[name] == by_default[name]]
    answers = ("/v1/translate", "Translations"), ("/v1/view", "Viewed")
    for path, name in answers:
        content = schema["paths"][path]["post"]["responses"]["200"]["content"]
        reference = {"$ref": f"#/components/schemas/{name}"}
        assert content["application/json"]["schema"] == reference
    record = schema["components"]["schemas"]["Record"]["properties"]
    assert [*record] == ["unknown_share", "repetition", "warnings"]


def test_captions_are_those_of_python(address: str, captioner: Path, album: dict[str, str]) -> None:
    picture = Path(album["images"]).parent / "red-blue.png"
    image = b64encode(picture.read_bytes()).decode()
    loaded = qkv.load(captioner)
    assert isinstance(loaded, Captioner)
    here = [as_json(each) for each in loaded.caption([picture], beam=3, nbest=2)]
    for sent in (image, f"data:image/png;base64,{image}"):
        told = answer(address, "/v1/caption", {"image": sent, "beam": 3, "nbest": 2})
        assert told == {"model": "captioner", "captions": here}


def test_the_models_are_described(address: str, models: Models) -> None:
    told = CLIENT.get(f"{address}/v1/models").json()["models"]
    assert [
        (each["name"], each["kind"], each["source"], each["target"], each["architecture"])
        for each in told
    ] == [
        ("transformer", "translation", "zh", "en", "transformer"),
        ("rnn", "translation", "de", "en", "rnn"),
        ("captioner", "captioning", None, None, "rnn"),
    ]
    assert told[0]["layers"] == {"cross": [2, 2], "encoder": [2, 2], "decoder": [2, 2]}
    assert told[1]["layers"] == {"cross": [1], "encoder": [], "decoder": []}
    sizes = [sum(p.numel() for p in m.pipeline.model.parameters()) for m in models.served]
    assert [each["parameters"] for each in told] == sizes


@pytest.mark.parametrize("code", ["zh", "ZH", "zh-CN", "zh_Hans", "zho", "cmn-Hans-CN"])
def test_codes_of_languages_find_the_model(address: str, code: str) -> None:
    for target in ("en", "EN-US", "eng", None):
        body = {"text": TEXTS[0], "source": code, "target": target}
        assert answer(address, "/v1/translate", body)["model"] == "transformer"


def test_the_text_tells_the_source_where_several_will_do(address: str) -> None:
    for source in ({}, {"source": "auto"}):
        body = {"text": TEXTS, "target": "en", **source}
        assert answer(address, "/v1/translate", body)["model"] == "transformer"
    german = "Ein Mann mit einem Hut steht auf der Straße und liest eine Zeitung."
    assert answer(address, "/v1/translate", {"text": german})["model"] == "rnn"
    status, sentence = refused(address, "/v1/translate", {"text": "?"})
    assert (status, sentence) == (
        400,
        "name the languages or the model; there are: transformer (zh-en), rnn (de-en), "
        "captioner (captions).",
    )


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"text": "x", "model": "../../etc/passwd"}, 404, "no model '../../etc/passwd' that"),
        ({"text": "x", "model": "captioner"}, 404, "no model 'captioner' that translates"),
        ({"text": "x", "source": "fr", "target": "en"}, 400, "no model translates 'fr' to 'en'"),
        ({"text": "x", "source": "zh", "beams": 2}, 422, "beams: Extra inputs"),
        ({"text": "x", "source": "zh", "beam": 17}, 422, "beam: Input should be less than"),
        ({"text": "x", "source": "zh", "beam": "3"}, 422, "beam: Input should be a valid int"),
        ({"text": "x", "source": "zh", "nbest": 6}, 422, "nbest must be a whole number"),
        ({"text": "x", "source": "zh", "length_formula": "a"}, 422, "length_formula must be"),
        ({"text": ["x"], "source": "zh", "prefix": ["a", "b"]}, 422, "prefix must be one text"),
        ({"text": ["x", "我" * 5001], "source": "zh"}, 422, "text 2: a sentence of 5,001"),
        ({"text": ["x"] * 513, "source": "zh"}, 413, "513 texts; at most 512"),
        ({"text": "x" * 100_001, "source": "zh"}, 413, "100,001 characters; at most"),
        ({"text": 3}, 422, "text: Input should be a valid string or a valid list."),
        ({"text": ["x", 3]}, 422, "text.1: Input should be a valid string."),
        ({"text": "x", "prefix": "y" * 2001}, 422, "prefix: String should have at most 2000 char"),
        ({"text": "x", "source": 3}, 422, "source: Input should be a valid string."),
        ({"text": "x", "target": "de"}, 400, "no model translates any language to 'de'; there"),
        ({}, 422, "text: Field required."),
        ([], 422, "the body: Input should be a valid dictionary"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(
    address: str, body: Any, status: int, says: str
) -> None:
    told = refused(address, "/v1/translate", body)
    assert told[0] == status
    assert told[1].startswith(says)
    assert told[1].endswith(".")


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"{", 400, "the body is not JSON in UTF-8."),
        (b'{"text": "\xff"}', 400, "the body is not JSON in UTF-8."),
        (gzip.compress(b'{"text": "x"}'), 400, "the body is not JSON in UTF-8."),
        (b"[" * 200_000, 400, "the body is not JSON in UTF-8."),
        (b'{"text": "x", "temperature": NaN}', 422,
         "temperature: Input should be a finite number."),
        (b'{"text": "x", "max_ratio": Infinity}', 422,
         "max_ratio: Input should be a finite number."),
    ],
    ids=["cut off", "Latin-1", "gzip", "deep", "NaN", "infinity"],
)  # fmt: skip
def test_what_is_no_such_json_is_said_alike(
    address: str, body: bytes, status: int, says: str
) -> None:
    headers = {"content-type": "application/json"}
    response = CLIENT.post(f"{address}/v1/translate", content=body, headers=headers)
    assert (response.status_code, response.json()) == (status, {"error": says})


def test_head_is_answered(address: str, models: Models, tmp_path: Path) -> None:
    response = CLIENT.head(f"{address}/health")
    assert (response.status_code, response.content) == (200, b"")
    (tmp_path / "index.html").write_text("a page")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("qkv.server.app.PAGE", tmp_path)
        with running(models) as paged:
            response = CLIENT.head(f"{paged}/")
            assert (response.status_code, response.headers["content-length"]) == (200, "6")


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ("%%%", "image must be a picture's file in base64."),
        (b64encode(b"no picture").decode(), "the picture: not a picture in a format"),
        ("", "the picture: not a picture in a format"),
    ],
)
def test_what_is_no_picture_is_said(address: str, image: str, says: str) -> None:
    status, sentence = refused(address, "/v1/caption", {"image": image})
    assert status == 422
    assert sentence.startswith(says)


def test_other_paths_and_methods_are_refused_alike(address: str) -> None:
    assert refused(address, "/nothing", {}) == (404, "Not Found.")
    response = CLIENT.get(f"{address}/v1/translate")
    assert (response.status_code, response.json()) == (405, {"error": "Method Not Allowed."})


def test_requests_are_counted(address: str) -> None:
    answer(address, "/v1/translate", {"text": TEXTS[0], "source": "zh"})
    post(address, "/v1/translate", {})
    CLIENT.get(f"{address}/some/{'address' * 3}")
    told = counts(address)
    for status in (200, 422):
        name = f'qkv_requests_total{{method="POST",route="/v1/translate",status="{status}"}}'
        assert told[name] >= 1
    assert told['qkv_requests_total{method="GET",route="other",status="404"}'] >= 1
    assert told['qkv_request_seconds_count{route="/v1/translate"}'] >= 2
    assert told["qkv_batch_items_count"] >= 1
    assert told["qkv_queue_items"] == 0
    assert not any("_created" in name for name in told)
    assert not any("addressaddress" in name for name in told)


def test_a_translation_that_is_being_typed(address: str, translator: Translator) -> None:
    body = {"text": TEXTS[0], "typed": "I l", "source": "zh", "nbest": 2, "words": 3}
    told = answer(address, "/v1/complete", body)
    here = translator.complete(TEXTS[0], "I l", nbest=2, words=3)
    assert told.pop("model") == "transformer"
    assert told == httpx.Response(200, json=here.as_dict()).json()
    assert told["words"][0]["text"].startswith("l")
    for wrong, sentence in [
        ({"prefix": "I"}, "complete(): what is typed is the prefix; leave out the other."),
        ({"words": 101}, "words: Input should be less than or equal to 100."),
    ]:
        assert refused(address, "/v1/complete", body | wrong) == (422, sentence)
