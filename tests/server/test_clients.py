"""Programs that call other translators call this one, unchanged."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlsplit

import deepl
import pytest
from libretranslatepy import LibreTranslateAPI

import qkv
from qkv.pipeline import Translator
from qkv.server import Models
from tests.serving import CLIENT, running
from tests.tiny import PAIRS

TEXTS = [zh for zh, _ in PAIRS[3:9]]
TOKEN = "a token: 密"


@pytest.fixture(scope="module")
def translator(transformer: Path) -> Translator:
    loaded = qkv.load(transformer)
    assert isinstance(loaded, Translator)
    return loaded


@pytest.fixture(scope="module")
def here(translator: Translator) -> list[str]:
    """The translations of TEXTS."""
    return [each.text for each in translator.translate(TEXTS, documents=True)]


def raw(address: str, request: bytes) -> tuple[int, Any]:
    """Status and JSON of the answer to these very bytes."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


# LibreTranslate


def test_libretranslatepy(address: str, here: list[str]) -> None:
    client = LibreTranslateAPI(address)
    assert [client.translate(text, "zh", "en") for text in TEXTS] == here
    assert client.languages() == [
        {"code": "zh", "name": "Chinese", "targets": ["en"]},
        {"code": "en", "name": "English", "targets": []},
        {"code": "de", "name": "German", "targets": ["en"]},
    ]
    [told] = client.detect("今天早上我在公园看到了一只小猫")
    assert told == {"confidence": 100.0, "language": "zh"}


def test_libretranslate_of_several_texts_with_alternatives(
    address: str, translator: Translator
) -> None:
    body = {"q": TEXTS, "source": "auto", "target": "en", "format": "html", "alternatives": 2}
    told = CLIENT.post(f"{address}/translate", json=body).json()
    expected = translator.translate(TEXTS, documents=True, nbest=3)
    assert told["translatedText"] == [each.text for each in expected]
    assert told["alternatives"] == [[o.text for o in each.alternatives] for each in expected]
    assert told["detectedLanguage"] == [{"confidence": 100.0, "language": "zh"}] * len(TEXTS)
    one = CLIENT.post(f"{address}/translate", json=body | {"q": TEXTS[0]}).json()
    assert one == {name: value[0] for name, value in told.items()}


def test_libretranslate_takes_forms_of_both_kinds(address: str, here: list[str]) -> None:
    fields = {"q": TEXTS[0], "source": "zh", "target": "en"}
    encoded = CLIENT.post(f"{address}/translate", data=fields)
    parts = CLIENT.post(f"{address}/translate", files={n: (None, v) for n, v in fields.items()})
    for response in (encoded, parts):
        assert response.json() == {"translatedText": here[0]}


def test_libretranslate_says_what_is_wrong(address: str) -> None:
    client = LibreTranslateAPI(address)
    with pytest.raises(HTTPError) as wrong:
        client.translate("x", "fr", "en")
    assert wrong.value.code == 400
    assert json.load(wrong.value)["error"].startswith("no model translates 'fr' to 'en'; there")
    for body, says in [
        ({}, "q is missing."),
        ({"q": 3}, "q must be a text or a list of texts."),
        ({"q": "x", "source": "zh", "format": "pdf"}, "format must be text or html."),
        ({"q": "x", "source": "zh", "alternatives": 16}, "alternatives must be a whole number"),
    ]:
        response = CLIENT.post(f"{address}/translate", json=body)
        assert response.status_code == 400
        assert response.json()["error"].startswith(says)


def test_libretranslate_with_a_key(models: Models, here: list[str]) -> None:
    with running(models, token=TOKEN) as address:
        assert LibreTranslateAPI(address, TOKEN).translate(TEXTS[0], "zh", "en") == here[0]
        assert CLIENT.get(f"{address}/frontend/settings").json()["keyRequired"] is True
        for key, status in ((None, 401), ("another", 403)):
            for call in ("translate", "detect"):
                with pytest.raises(HTTPError) as wrong:
                    getattr(LibreTranslateAPI(address, key), call)("x")
                assert wrong.value.code == status


def test_weblate_through_libretranslate(address: str, here: list[str]) -> None:
    """Its request, and the check before that the pair is among the languages."""
    codes = {each["code"] for each in CLIENT.get(f"{address}/languages").json()}
    assert {"zh", "en"} <= codes
    body = {"api_key": "", "q": TEXTS, "source": "zh", "target": "en"}
    assert CLIENT.post(f"{address}/translate", json=body).json() == {"translatedText": here}


def test_formats_of_html(address: str, here: list[str]) -> None:
    """As LibreTranslate and Apertium name it; without, `&` is text."""
    text = f"<p>{TEXTS[0]}&amp;</p>"
    body = {"q": text, "source": "zh", "target": "en", "format": "html"}
    told = CLIENT.post(f"{address}/translate", json=body).json()["translatedText"]
    assert told.startswith("<p>")
    assert told.endswith("</p>")
    query = {"q": text, "langpair": "zh|en", "format": "html"}
    answer = CLIENT.get(f"{address}/translate", params=query).json()
    assert answer["responseData"]["translatedText"] == told
    whole = CLIENT.post(f"{address}/translate", json=body | {"q": f"<p>{TEXTS[0]}</p>"}).json()
    assert whole["translatedText"] == f"<p>{here[0]}</p>"


# DeepL


def test_deepl(models: Models, here: list[str]) -> None:
    with running(models, token="abc") as address:
        client = deepl.DeepLClient("abc", server_url=address)
        results = client.translate_text(TEXTS, source_lang="ZH", target_lang="EN-US")
        assert isinstance(results, list)
        assert [each.text for each in results] == here
        assert {each.detected_source_lang for each in results} == {"ZH"}
        assert [each.billed_characters for each in results] == [len(text) for text in TEXTS]
        one = client.translate_text(TEXTS[0], target_lang="EN-GB")
        assert isinstance(one, deepl.TextResult)
        assert one.text == here[0]
        assert [each.code for each in client.get_source_languages()] == ["ZH", "DE"]
        assert [each.code for each in client.get_target_languages()] == ["EN"]
        usage = client.get_usage()
        assert usage.character.count == sum(map(len, [*TEXTS, TEXTS[0]]))
        assert not usage.any_limit_reached
        with pytest.raises(deepl.AuthorizationException):
            deepl.DeepLClient("wrong", server_url=address).get_usage()
        with pytest.raises(deepl.DeepLException, match="no model translates 'zh' to 'fr'"):
            client.translate_text("x", source_lang="ZH", target_lang="FR")


def test_deepl_in_a_form(address: str, here: list[str]) -> None:
    form = {"text": TEXTS[:2], "target_lang": "en", "source_lang": "zh"}
    told = CLIENT.post(f"{address}/v2/translate", data=form).json()["translations"]
    assert [each["text"] for each in told] == here[:2]


@pytest.mark.parametrize("handling", ["xml", "html"])
def test_deepl_leaves_tags_and_what_is_in_ignored_ones(
    address: str, translator: Translator, handling: str
) -> None:
    texts = [
        '我<b>喜欢</b><x id="0">我喜欢 &amp; 茶</x>咖啡<x id="1"></x>',
        "<x>我<x>喜欢",
        "<y/>我喜欢书",
    ]
    body = {"text": texts, "target_lang": "EN", "source_lang": "ZH", "tag_handling": handling}
    told = CLIENT.post(f"{address}/v2/translate", json=body | {"ignore_tags": ["x"]}).json()
    first, second, third = (each["text"] for each in told["translations"])
    for whole in ("<b>", "</b>", '<x id="0">我喜欢 &amp; 茶</x>', '<x id="1"></x>'):
        assert first.count(whole) == 1
    assert first.index("<b>") < first.index("</b>")
    assert second.count("<x>") == 2
    assert third.count("<y/>") == 1
    plain = CLIENT.post(f"{address}/v2/translate", json=body).json()["translations"]
    assert [each["text"] for each in plain] == [
        each.text for each in translator.translate(texts, markup=handling)
    ]


def test_deepl_parts_sentences_where_it_is_told(address: str, here: list[str]) -> None:
    body = {"text": [f"<y>{TEXTS[0]}</y>{TEXTS[1]}<p>{TEXTS[2]}</p>"], "target_lang": "EN"}
    for handling, tags in (
        ("xml", {"splitting_tags": ["y", "p"]}),
        ("html", {"splitting_tags": "Y"}),
    ):
        told = CLIENT.post(f"{address}/v2/translate", json=body | tags | {"tag_handling": handling})
        [text] = (each["text"] for each in told.json()["translations"])
        assert text == f"<y>{here[0]}</y>{here[1]}<p>{here[2]}</p>"
    wrong = CLIENT.post(f"{address}/v2/translate", json=body | {"tag_handling": "pdf"})
    assert wrong.status_code == 400
    assert wrong.json()["message"] == "tag_handling must be html or xml."


# Apertium

OMEGAT = (
    "GET /translate?q={q}&markUnknown=no&langpair=zh|en&key={key} HTTP/1.1\r\n"
    "User-Agent: Java/17.0.17\r\n"
    "Host: {host}\r\n"
    "Accept: */*\r\n"
    "Connection: {connection}\r\n\r\n"
)
WEBLATE = (
    "GET {target} HTTP/1.1\r\n"
    "Host: {host}\r\n"
    "User-Agent: Weblate/5.15\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Accept: application/json; charset=utf-8\r\n"
    "Connection: close\r\n"
    "Referer: https://weblate.example.com\r\n\r\n"
)


def test_omegat(address: str, here: list[str]) -> None:
    """Its bar is not escaped, and it reads responseStatus before the text."""
    host = urlsplit(address).netloc
    for text, translation in zip(TEXTS, here, strict=True):
        request = OMEGAT.format(q=quote_plus(text), key="", host=host, connection="close")
        status, told = raw(address, request.encode())
        assert (status, told["responseStatus"]) == (200, 200)
        assert told["responseData"]["translatedText"] == translation
    wrong = OMEGAT.replace("zh|en", "fr_FR|en").format(q="x", key="", host=host, connection="close")
    status, told = raw(address, wrong.encode())
    assert status == 400


def test_omegat_with_a_key(models: Models, here: list[str]) -> None:
    with running(models, token="k/e+y") as address:
        host = urlsplit(address).netloc
        for key, expected in (("k%2Fe%2By", 200), ("", 401), ("key", 403)):
            request = OMEGAT.format(q=quote_plus(TEXTS[0]), key=key, host=host, connection="close")
            status, told = raw(address, request.encode())
            assert status == expected
            assert (status == 200) == (here[0] in str(told))


def test_weblate_through_apertium(address: str, here: list[str]) -> None:
    host = urlsplit(address).netloc
    status, told = raw(address, WEBLATE.format(target="/listPairs", host=host).encode())
    assert (status, told["responseStatus"]) == (200, 200)
    pairs = [(each["sourceLanguage"], each["targetLanguage"]) for each in told["responseData"]]
    assert pairs == [("zh", "en"), ("de", "en")]
    for text, translation in zip(TEXTS, here, strict=True):
        target = f"/translate?langpair=zh%7Cen&q={quote_plus(text)}&markUnknown=no"
        status, told = raw(address, WEBLATE.format(target=target, host=host).encode())
        assert (status, told["responseData"]) == (200, {"translatedText": translation})


@pytest.mark.parametrize("pair", ["zho|eng", "zh_CN|en_GB", "cmn|en"])
def test_apertium_takes_codes_of_both_kinds_in_forms_too(
    address: str, here: list[str], pair: str
) -> None:
    fields = {"q": TEXTS[0], "langpair": pair, "markUnknown": "no", "format": "txt"}
    for response in (
        CLIENT.get(f"{address}/translate", params=fields),
        CLIENT.post(f"{address}/translate", data=fields),
    ):
        assert response.json()["responseData"]["translatedText"] == here[0]


# Immersive Translate


@pytest.mark.parametrize("source", ["auto", "zh-CN"])
def test_immersive_translate(address: str, here: list[str], source: str) -> None:
    """From the background of the extension, which is no web site."""
    body = {"source_lang": source, "target_lang": "en", "text_list": TEXTS}
    origin = {"Origin": "chrome-extension://bpoadfkcbjbfhfodiogcnhhhpibjhbnh"}
    told = CLIENT.post(f"{address}/imme", json=body, headers=origin).json()
    assert told == {"translations": [{"detected_source_lang": "zh", "text": text} for text in here]}


def test_immersive_translate_keeps_its_place_holders(models: Models) -> None:
    text = "我喜欢{0}咖啡<b1></b1>和茶"
    body = {"source_lang": "zh", "target_lang": "en", "text_list": [text]}
    with running(models, token=TOKEN) as address:
        response = CLIENT.post(f"{address}/imme", params={"key": TOKEN}, json=body)
        [told] = response.json()["translations"]
        assert CLIENT.post(f"{address}/imme", json=body).status_code == 401
    assert [told["text"].count(unit) for unit in ("{0}", "<b1>", "</b1>")] == [1, 1, 1]


# curl


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    "arguments",
    [
        ["-d", "q={}", "-d", "source=zh", "-d", "target=en"],  # not escaped
        ["--data-urlencode", "q={}", "-d", "source=zh&target=en"],
        ["-F", "q={}", "-F", "source=zh", "-F", "target=en"],
        ["--json", '{{"q": "{}", "source": "zh", "target": "en"}}'],
    ],
    ids=["form", "encoded", "parts", "json"],
)
def test_curl(address: str, here: list[str], arguments: list[str]) -> None:
    words = [word.format(TEXTS[0]) for word in arguments]
    done = subprocess.run(
        ["curl", "-s", f"{address}/translate", *words], capture_output=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == {"translatedText": here[0]}
