"""The live page in a browser, on a running server: what it shows and changes is Python's."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import torch

import qkv
from qkv.inspection import explained
from qkv.models import PLAIN, Attending
from qkv.pipeline import Captioner, Translator
from qkv.pipeline.result import Result
from qkv.shapes import Mask
from tests.serving import loaded, running
from tests.tiny import PAIRS

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
expect = playwright.expect

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
TEXT = "老师喜欢咖啡"
SAID = "the teacher like coffee"
HOSTILE = "<img src=x onerror=alert(1)>"

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def models(
    rnn: Path, transformer: Path, one_vector: Path, captioner: Path
) -> dict[str, Translator | Captioner]:
    folders = {"rnn": rnn, "transformer": transformer, "none": one_vector, "captioner": captioner}
    return {name: qkv.load(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def address(rnn: Path, transformer: Path, one_vector: Path, captioner: Path) -> Iterator[str]:
    translators = [f"{folder}=zh-en" for folder in (rnn, transformer, one_vector)]
    with running(loaded(*translators, captioner)) as address:
        yield address


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    """Opens the page; what its console complains of fails the test, but for what is expected."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def page_at(
        fragment: str = "", at: str = address, expected: str = "$^", **settings: Any
    ) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | settings)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda said: re.search(expected, said.text) or complaints.append(said.text)
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{at}/#{fragment}" if fragment else at)
        return page

    yield page_at
    for context in contexts:
        context.close()
    assert complaints == []


def asks(model: str, text: str = TEXT, **more: str) -> str:
    return "&".join(f"{k}={quote(v)}" for k, v in {"model": model, "text": text, **more}.items())


def result(page: Any) -> Any:
    return page.locator("qkv-result #after")


def said(page: Any, text: str) -> None:
    """Waits until this is the result, as running text."""
    expect(result(page)).to_have_text(re.compile(re.escape(text) + r"\s*<eos>$"))


def word(page: Any, name: str) -> Any:
    return result(page).get_by_role("button", name=name, exact=True)


def steps(page: Any) -> Any:
    return page.locator("qkv-steps li")


def looks(page: Any) -> dict[str, float]:
    """The weights that are listed of the chosen word, by what it looked at."""
    rows = page.locator("qkv-chosen ul li")
    return {
        row.locator("bdi").inner_text(): float(row.locator(".number").inner_text())
        for row in rows.all()
    }


def python(
    model: Translator | Captioner, attention: Attending = PLAIN, source: Any = TEXT, **given: Any
) -> Any:
    if isinstance(model, Captioner):
        return model.caption([source], attention=attention, nbest=5, **given)[0]
    return model.translate([source], attention=attention, nbest=5, **given)[0]


def source_places(model: Translator, name: str) -> list[int]:
    """Numbers of the source tokens of this word."""
    tokens = python(model).source_tokens
    start = TEXT.index(name)
    return [i for i, t in enumerate(tokens) if t.start < start + len(name) and t.end > start]


def test_type_translate_and_hover(visit: Visit, models: dict[str, Any]) -> None:
    page = visit()
    said(page, "I like coffee")  # the example, at once
    page.get_by_label("Text", exact=True).fill(TEXT)
    said(page, SAID)
    coffee = page.locator('qkv-shaded-text [role="option"]', has_text="咖啡").first
    plain = coffee.evaluate("word => getComputedStyle(word).backgroundColor")
    word(page, "coffee").hover()
    expect(coffee).not_to_have_css("background-color", plain)
    page.get_by_label("Text", exact=True).fill("")
    expect(page.get_by_text("Nothing to translate yet.")).to_be_visible()


def test_the_model_that_is_shown_is_asked(visit: Visit, rnn: Path, transformer: Path) -> None:
    """Also where another one is served for the language that is typed."""
    with running(loaded(f"{rnn}=de-en", f"{transformer}=zh-en")) as address:
        page = visit(at=address)
        expect(result(page)).to_be_visible()  # the example, in German
        with page.expect_response("**/v1/view") as viewed:
            page.get_by_label("Text", exact=True).fill(TEXT)
        said(page, SAID)
        with page.expect_response("**/v1/explain") as explained:
            word(page, "coffee").click()
        shown = page.get_by_role("combobox", name="Model", exact=True).input_value()
        assert [answer.value.json()["model"] for answer in (viewed, explained)] == [shown] * 2


def test_only_the_last_answer_is_shown(visit: Visit) -> None:
    page = visit(asks("rnn"))
    said(page, SAID)
    held: list[str] = []
    cancelled: list[str] = []

    def hold(route: Any) -> None:
        text = route.request.post_data_json["text"]
        if text == PAIRS[40][0]:
            held.append(text)
        else:
            route.continue_()

    page.route("**/v1/view", hold)
    page.on("requestfailed", lambda request: cancelled.append(request.post_data_json["text"]))
    page.get_by_label("Text", exact=True).fill(PAIRS[40][0])
    page.wait_for_timeout(600)
    page.get_by_label("Text", exact=True).fill("我喜欢茶")
    said(page, "I like tea")
    assert held == cancelled == [PAIRS[40][0]]


def hide(page: Any, models: Any, name: str) -> tuple[Attending, dict[str, Any]]:
    page.locator('qkv-shaded-text [role="option"]', has_text="咖啡").first.click()
    page.locator("qkv-chosen #hide").click()
    n = models[name].source_positions(TEXT)
    hidden = source_places(models[name], "咖啡")
    return PLAIN.hiding(torch.isin(torch.arange(n), torch.tensor(hidden))), {}


def coffee_row(models: Any, name: str) -> int:
    tokens = python(models[name]).tokens
    return next(i for i, token in enumerate(tokens) if token.text == "coffee")


def pin(page: Any, models: Any, name: str) -> tuple[Attending, dict[str, Any]]:
    word(page, "coffee").click()
    page.get_by_role("button", name="Let “coffee” look at “老师喜欢” alone").or_(
        page.get_by_role("button", name="Let “coffee” look at “老师” alone")
    ).click()
    places = source_places(models[name], "老师")
    weights = torch.zeros(1, models[name].source_positions(TEXT))
    weights[0, places] = 1 / len(places)
    return PLAIN.pinned("cross", weights, rows=[coffee_row(models, name)]), {}


def forbid(page: Any, models: Any, name: str) -> tuple[Attending, dict[str, Any]]:
    word(page, "coffee").click()
    page.get_by_role("button", name="Forbid “coffee” to look at “咖啡”").click()
    row, n = coffee_row(models, name), models[name].source_positions(TEXT)
    allowed = torch.ones(row + 1, n, dtype=torch.bool)
    allowed[row, source_places(models[name], "咖啡")] = False
    return PLAIN.masked("cross", Mask(allowed)), {}


def head_off(page: Any, models: Any, name: str) -> tuple[Attending, dict[str, Any]]:
    page.get_by_text("Switch heads off").click()
    page.get_by_role("button", name="Cross-attention, layer 0, head 0: off").click()
    return PLAIN.without_heads("cross", [0], layer=0), {}


def likely(page: Any, models: Any, name: str) -> tuple[Attending, dict[str, Any]]:
    word(page, "teacher").click()
    chip = page.locator("qkv-chosen .words li").nth(1)
    chosen = chip.locator("bdi").inner_text()
    chip.get_by_role("button").click()
    return PLAIN, {"prefix": f"the {chosen}"}


def typed(page: Any, models: Any, name: str) -> tuple[Attending, dict[str, Any]]:
    word(page, "coffee").click()
    page.get_by_label("Or another word").fill("books")
    page.get_by_role("button", name="Say it").click()
    return PLAIN, {"prefix": "the teacher like books"}


def check_weights(page: Any, model: Translator, expected: Result) -> None:
    """What is listed of the first word, of one token, is its row of the matrix."""
    result(page).get_by_role("button").first.click()
    expect(page.locator("qkv-explanation")).to_be_visible()
    row = expected.attention.matrix()[0]

    def are_its_row() -> bool:
        listed = looks(page)
        wanted = {label: row[places(label)].sum() for label in listed}
        return bool(listed) == row.any() and listed == pytest.approx(wanted, abs=6e-4)

    def places(label: str) -> list[int]:
        return [len(row) - 1] if label == "<eos>" else source_places(model, label)

    for _ in range(50):  # an answer that leaves the text as it was may not have come yet
        if are_its_row():
            break
        page.wait_for_timeout(100)
    assert are_its_row(), (looks(page), row)
    page.keyboard.press("Escape")


@pytest.mark.parametrize("name", ["rnn", "transformer"])
def test_what_if_is_the_same_call_from_python(
    visit: Visit, models: dict[str, Any], name: str
) -> None:
    page = visit(asks(name))
    said(page, SAID)
    for change in (hide, pin, forbid, head_off, likely, typed):
        attention, settings = change(page, models, name)
        expect(steps(page)).to_have_count(1)
        expected = python(models[name], attention, **settings)
        said(page, expected.text)
        expect(page.locator("qkv-result #before")).to_contain_text(SAID)
        assert (page.locator("qkv-result :is(.gone, .added)").count() > 0) == (
            expected.text != SAID
        )
        check_weights(page, models[name], expected)
        steps(page).get_by_role("button").click()
        said(page, SAID)
        expect(page.locator("qkv-result #before")).to_have_count(0)
    other = python(models[name]).alternatives[1]
    page.get_by_text("The beam’s results").click()
    page.get_by_label(other.text).check()
    said(page, other.text)
    check_weights(page, models[name], other)


def test_without_attention_words_can_be_forced_and_chosen(
    visit: Visit, models: dict[str, Any]
) -> None:
    page = visit(asks("one-vector"))
    found = python(models["none"])
    said(page, found.text)
    result(page).get_by_role("button").nth(2).click()
    expect(page.locator("qkv-explanation")).to_contain_text(
        "This model read its source as one vector"
    )
    expect(page.locator("qkv-chosen #hide")).to_have_count(0)
    expect(page.get_by_text("Switch heads off")).to_have_count(0)
    page.get_by_text("The beam’s results").click()
    page.get_by_label(found.alternatives[1].text).check()
    said(page, found.alternatives[1].text)


DROP = """(place, [data, name]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type: "image/png" }));
  place.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
}"""


def test_a_picture_is_captioned_and_changed(
    visit: Visit, models: dict[str, Any], album: dict[str, str]
) -> None:
    picture = Path(album["images"]).parent / "red-blue.png"
    page = visit("model=captioner")
    page.get_by_label("Choose a picture").set_input_files(album["images"])
    expect(page.get_by_text("“album.tsv” is no picture.")).to_be_visible()
    dropped = [base64.b64encode(picture.read_bytes()).decode(), picture.name]
    page.locator("qkv-source .drop").evaluate(DROP, dropped)
    plain = python(models["captioner"], source=picture)
    said(page, plain.text)
    result(page).get_by_role("button").first.click()
    expect(page.locator("qkv-explanation")).to_be_visible()
    where = plain.attention.matrix()[0]
    best = int(where.argmax())
    region = f"region {best // plain.grid + 1},{best % plain.grid + 1}"
    assert looks(page)[region] == pytest.approx(where[best], abs=6e-4)
    first = plain.tokens[0].text
    page.get_by_role("button", name=f"Forbid “{first}” to look at “{region}”").click()
    allowed = torch.ones(1, plain.grid**2, dtype=torch.bool)
    allowed[0, best] = False
    attention = PLAIN.masked("cross", Mask(allowed))
    expected = python(models["captioner"], attention, source=picture)
    said(page, expected.text)
    expect(page.locator("qkv-explanation")).to_be_visible()
    expect(page.locator("qkv-chosen ul li bdi", has_text=region)).to_have_count(0)
    for label, weight in looks(page).items():
        r, c = map(int, label.removeprefix("region ").split(","))
        place = (r - 1) * plain.grid + c - 1
        assert weight == pytest.approx(expected.attention.matrix()[0, place], abs=6e-4)
    steps(page).get_by_role("button").click()
    page.locator("qkv-picture-regions").first.locator("rect").nth(best).click()
    page.locator("qkv-chosen #hide").click()
    hidden = PLAIN.hiding(torch.arange(plain.grid**2) == best)
    said(page, python(models["captioner"], hidden, source=picture).text)
    expect(steps(page)).to_contain_text(f"“{region}” is hidden")


@pytest.mark.parametrize("name", ["rnn", "transformer"])
def test_a_number_is_explained(visit: Visit, models: dict[str, Any], name: str) -> None:
    model = models[name]
    found = python(model)
    page = visit(asks(name))
    said(page, found.text)
    result(page).get_by_role("button").nth(2).click()
    told = explained(model, found, 3)
    card = page.locator("qkv-explanation")
    assert told.prediction
    percent = f"Probability {round(told.prediction.probability * 100)}%"
    expect(card).to_contain_text(f"{percent}, rank {told.prediction.rank}")
    assert told.look
    rows = card.locator("tbody tr:has(progress)")
    expect(rows).to_have_count(len(told.look.keys))
    for row, key in zip(rows.all(), told.look.keys, strict=True):
        numbers = [each.replace("−", "-") for each in row.locator("td").all_inner_texts()]
        wanted = (key.score, key.exp, key.weight)
        assert [float(number) for number in numbers] == pytest.approx(wanted, abs=6e-2, rel=6e-3)
    chosen = max(told.look.keys, key=lambda key: key.weight)
    total = card.locator(".sum .total td").nth(1).inner_text().replace("−", "-")
    assert float(total) == pytest.approx(chosen.product, abs=6e-2)


def test_self_attention_is_explained_too(visit: Visit, models: dict[str, Any]) -> None:
    page = visit(asks("transformer"))
    said(page, SAID)
    found = python(models["transformer"])
    steps_of = {"encoder": len(found.source_tokens), "decoder": len(found.tokens)}
    for number, (kind, step) in enumerate(steps_of.items(), 1):
        page.get_by_label("Map", exact=True).select_option(str(number))
        page.locator('qkv-word-links [role="option"]').last.click()  # the end, looking
        told = explained(models["transformer"], found, step, kind=kind)
        assert told.look
        shown = f"“<eos>”, step {told.step}, layer {told.layer}, head {told.head}"
        card = page.locator("qkv-explanation")
        expect(card).to_contain_text(shown)
        expect(card.locator("tbody tr:has(progress)")).to_have_count(len(told.look.keys))
        assert card.get_by_text("5. The next word").count() == (kind == "decoder")
        expect(page.locator("qkv-chosen").get_by_role("button", name="Not here")).to_have_count(0)
        page.keyboard.press("Escape")


def test_the_address_holds_text_and_changes(visit: Visit) -> None:
    page = visit(asks("rnn"))
    said(page, SAID)
    typed(page, None, "")
    said(page, "the teacher like books")
    page.get_by_text("Switch heads off").click()
    page.get_by_role("button", name="Cross-attention, layer 0, head 0: off").click()
    expect(steps(page)).to_have_count(2)
    other = visit(page.url.partition("#")[2])
    expect(steps(other)).to_have_count(2)
    expect(result(other)).to_have_text(result(page).inner_text().replace("\n", ""))
    page.go_back()
    expect(steps(page)).to_have_count(1)
    page.get_by_role("button", name="Take all back").click()
    said(page, SAID)
    other.get_by_label("Text", exact=True).fill("我喜欢茶")
    expect(steps(other)).to_have_count(0)
    expect(other.get_by_text("what was changed in the old one has been taken back")).to_be_visible()


def test_a_change_names_the_word_it_was_chosen_for(visit: Visit) -> None:
    page = visit(asks("rnn"))
    said(page, SAID)
    word(page, "coffee").click()
    page.locator("qkv-chosen ul li").first.get_by_role("button", name="Forbid").click()
    expect(steps(page)).to_have_text(re.compile(r"“coffee” \(token 4\) may not look at"))
    other = result(page).get_by_role("button", name="like", exact=True)
    other.click()
    page.locator("qkv-chosen .words").get_by_role("button").nth(1).click()  # another word
    expect(steps(page)).to_have_count(2)
    expect(steps(page).first).to_have_text(re.compile(r"“coffee” \(token 4\) may not look at"))
    page.reload()
    expect(steps(page).first).to_have_text(re.compile(r"“coffee” \(token 4\) may not look at"))


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    page = visit(asks("rnn"))
    said(page, SAID)
    page.get_by_label("Text", exact=True).focus()
    for _ in range(4):  # the four words
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(word(page, "coffee")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("qkv-chosen .words li").first).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == "Or another word":
            break
    page.keyboard.type("books")
    page.keyboard.press("Enter")
    said(page, "the teacher like books")
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(FOCUSED).startswith("Take back: "):
            break
    page.keyboard.press("Enter")
    said(page, SAID)
    page.keyboard.press("Escape")
    expect(word(page, "coffee")).to_have_attribute("aria-pressed", "false")


FOCUSED = """() => {
  let focused = document.activeElement;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused.ariaLabel ?? focused.labels?.[0]?.innerText ?? focused.innerText;
}"""


def test_the_address_holds_what_is_chosen(visit: Visit) -> None:
    page = visit(asks("transformer"))
    said(page, SAID)
    page.get_by_label("Map", exact=True).select_option("1")
    page.get_by_label("Map", exact=True).select_option("0")
    word(page, "coffee").click()
    other = visit(page.url.partition("#")[2])
    expect(word(other, "coffee")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Map", exact=True).select_option("1")
    other = visit(page.url.partition("#")[2])
    expect(other.get_by_label("Map", exact=True)).to_have_value("1")
    expect(other.get_by_role("button", name="Copy address")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_the_browser_chooses_the_language(visit: Visit, locale: str) -> None:
    page = visit(asks("rnn"), locale=locale)
    said(page, SAID)
    names = {"en-GB": "Translation", "zh-CN": "译文"}
    for there, name in names.items():
        shown = page.get_by_role("heading", name=name, exact=True)
        expect(shown).to_have_count(1 if there == locale else 0)
    page.get_by_role("button", name="English" if locale == "zh-CN" else "中文").click()
    other = names["en-GB" if locale == "zh-CN" else "zh-CN"]
    expect(page.get_by_role("heading", name=other, exact=True)).to_be_visible()


LATIN = re.compile(r"[A-Za-z]{3,}")
SAME_IN_CHINESE = re.compile(
    "qkv|token|English|eos|bos|softmax|RNN|Transformer|LSTM|rnn|transformer|one-vector|captioner|"
    "explain|demo|serve|Query|Key|Value|QKV|Seq2Seq|Esc|Ctrl|exp|tanh|logit|Luong"
)


TEXTS = """() => {
  const texts = (node) =>
    node instanceof Text
      ? [node.data]
      : node.nodeName === "STYLE" || node.nodeName === "SCRIPT"
        ? []
        : [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].flatMap(texts);
  return texts(document.body).join(" ");
}"""


def test_nothing_is_left_in_english(visit: Visit) -> None:
    page = visit(asks("rnn"), locale="zh-CN")
    said(page, SAID)
    word(page, "coffee").click()
    expect(page.locator("qkv-explanation")).to_be_visible()
    expect(page.get_by_role("combobox", name="模型", exact=True)).to_contain_text(
        "RNN，双线性注意力"
    )
    expect(page.locator("qkv-result details")).to_contain_text("，最优")
    shown = page.evaluate(TEXTS)
    page.get_by_role("button", name="导览").click()
    expect(page.locator("qkv-tour")).to_be_visible()
    shown += page.evaluate(TEXTS)
    assert "译文" in shown
    shown = SAME_IN_CHINESE.sub("", shown)
    for known in [*SAID.split(), *(w for _, en in PAIRS for w in en.split())]:
        shown = shown.replace(known, "")
    assert LATIN.findall(shown) == []


def test_it_fits_a_small_screen(visit: Visit) -> None:
    page = visit(asks("transformer"), viewport={"width": 360, "height": 640})
    said(page, SAID)
    word(page, "coffee").click()
    expect(page.locator("qkv-explanation")).to_be_visible()
    page.get_by_text("Switch heads off").click()
    page.get_by_role("button", name="Forbid “coffee” to look at “咖啡”").click()
    expect(steps(page)).to_have_count(1)
    page.get_by_role("button", name="Large type").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.skipif(not AXE.is_file(), reason="axe-core: run npm ci in web/")
def test_axe_finds_nothing(visit: Visit, scheme: str) -> None:
    page = visit(asks("transformer"), color_scheme=scheme)
    said(page, SAID)
    typed(page, None, "")
    said(page, "the teacher like books")
    page.get_by_text("The beam’s results").click()
    page.get_by_text("Switch heads off").click()
    expect(page.locator("qkv-explanation")).to_be_visible()
    page.get_by_role("button", name="Tour").click()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("qkv-tour")).to_be_visible()
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "</script><script>alert(1)</script>",
        "\u202e咖啡\u0301 👩‍👩‍👧 \u0007{{x}}",
        "العربية ไทย",
    ],
)
def test_text_is_data(visit: Visit, text: str) -> None:
    page = visit(asks("transformer", text))
    expect(result(page)).to_be_visible()
    page.locator('qkv-shaded-text [role="option"]').first.click()
    page.locator("qkv-chosen #hide").click()
    expect(steps(page)).to_have_count(1)
    result(page).get_by_role("button").first.click()
    page.get_by_label("Or another word").fill(HOSTILE)
    page.get_by_role("button", name="Say it").click()
    expect(steps(page).last).to_contain_text(HOSTILE)
    said(page, "")
    assert page.locator("img, iframe, qkv-page script").count() == 0


def test_a_token_is_asked_for_once(visit: Visit, rnn: Path) -> None:
    with running(loaded(f"{rnn}=zh-en"), token="right") as address:
        page = visit(asks("rnn"), at=address, expected="40[13]")
        for token in ("wrong", "right"):
            page.get_by_label("Token").fill(token)
            page.get_by_role("button", name="Go on").click()
            if token == "wrong":
                expect(page.get_by_role("alert")).to_have_text("That was not this server’s token.")
        said(page, SAID)
        page.reload()
        said(page, SAID)
        expect(page.get_by_label("Token")).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_what_goes_wrong_is_said(visit: Visit, locale: str) -> None:
    change = '[{"do":"hide","columns":[99]}]'
    page = visit(asks("rnn", **{"what-if": change}), locale=locale, expected="422|ERR_FAILED|503")
    sentence = "hide: no source token 99; there are "
    started = "" if locale == "en-GB" else "服务器的说明（英文）："
    expect(page.get_by_role("alert")).to_contain_text(started + sentence)
    said(page, SAID)  # as it was, all the same
    page.route("**/v1/view", lambda route: route.abort())
    page.get_by_label("Text" if locale == "en-GB" else "原文", exact=True).fill("我喜欢茶")
    silent = {"en-GB": "The server does not answer.", "zh-CN": "服务器没有回应。"}[locale]
    expect(page.get_by_role("alert")).to_contain_text(silent)
    page.unroute("**/v1/view")
    page.get_by_role("alert").get_by_role("button").click()
    said(page, "I like tea")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.route("**/v1/view", lambda route: route.fulfill(status=503, json={"error": "busy."}))
    page.get_by_label("Text" if locale == "en-GB" else "原文", exact=True).fill("我喜欢书")
    busy = {"en-GB": "The server is busy or stopping.", "zh-CN": "服务器正忙或正在停止"}[locale]
    expect(page.get_by_role("alert")).to_contain_text(busy)


def test_the_tour_follows_the_article(visit: Visit) -> None:
    page = visit("tour=1")
    tour = page.locator("qkv-tour")
    titles = ["One fixed vector", "Attention", "Query, key, value", "Self-attention"]
    for number, title in enumerate([*titles, "Cross-attention, and what if"], 1):
        expect(tour.get_by_role("heading", name=title, exact=True)).to_be_focused()
        expect(tour).to_contain_text(f"Step {number} of 5")
        expect(page.locator(".pointed")).to_have_count(1)
        if number == 3:
            expect(page.locator("qkv-explanation")).to_contain_text("“coffee”, step 3")
        if number == 4:
            expect(page.get_by_label("Map", exact=True)).to_have_value("1")
        if number < 5:
            tour.get_by_role("button", name="Next").click()
    expect(steps(page)).to_have_text(re.compile("“咖啡” is hidden"))
    tour.get_by_role("button", name="End").click()
    expect(tour).to_have_count(0)


def test_a_stop_whose_model_is_not_served_says_so(visit: Visit, rnn: Path) -> None:
    with running(loaded(f"{rnn}=zh-en")) as address:
        page = visit("tour=1", at=address)
        expect(page.locator("qkv-tour").get_by_role("alert")).to_contain_text(
            "No model served here translates from Chinese to English from one fixed vector"
            " (“qkv demo --serve” has one)"
        )
        expect(page.locator(".pointed")).to_have_count(0)


def test_a_text_unlike_the_training_text_is_named(visit: Visit) -> None:
    page = visit("model=transformer&text=Ĝĝ ĤĥĴĵ")
    odd = page.get_by_text("Read this with care")
    expect(odd).to_contain_text("Unknown to the model: 100% of the tokens")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_text("请谨慎看待")).to_contain_text("占原文的 100%")
    page.get_by_role("textbox", name="原文").fill(TEXT)
    expect(page.get_by_text("请谨慎看待")).to_have_count(0)
