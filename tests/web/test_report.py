"""The report in a real browser, opened from disk."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

import qkv
from qkv.inspection import merged, records_view
from tests import pages
from tests.web import views
from tests.web.conftest import Opened

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def text(page: Page, role: str) -> Any:
    return page.locator(f'qkv-two-texts qkv-shaded-text [aria-label$="{role}"]')


def word(page: Page, name: str, role: str = "looking") -> Any:
    return text(page, role).get_by_role("option", name=name, exact=True)


def background(locator: Any) -> str:
    return locator.evaluate("word => getComputedStyle(word).backgroundColor")


def cell(page: Page) -> float:
    return float(page.locator("qkv-readout #cell").get_attribute("value") or "nan")


def canvas(page: Page) -> Any:
    return page.locator("qkv-heat-map canvas")


def corner(page: Page) -> tuple[float, float]:
    """Of the map, once it is in sight."""
    canvas(page).evaluate("canvas => canvas.scrollIntoView({ block: 'end' })")
    box = canvas(page).bounding_box()
    return box["x"], box["y"]


def fragment(page: Page) -> dict[str, str]:
    return dict(part.split("=") for part in page.url.partition("#")[2].split("&") if part)


def test_pointing_at_a_word_shades_what_it_looked_at(opened: Opened) -> None:
    page = opened(views.translation(), fragment="#head=0")
    word(page, "like").hover()
    expect(page.locator("qkv-readout")).to_contain_text("“like” looked at 我喜欢 0.500 咖啡 0.250")
    assert background(word(page, "我喜欢", "looked at")) == "rgb(146, 190, 220)"
    assert background(word(page, "。", "looked at")) != background(word(page, "咖啡", "looked at"))
    page.locator("h1").hover()
    expect(page.locator("qkv-readout")).to_contain_text("Point at a word")
    assert background(word(page, "我喜欢", "looked at")) == "rgba(0, 0, 0, 0)"


def test_who_looked_at_a_word(opened: Opened) -> None:
    page = opened(views.translation(), fragment="#head=0")
    word(page, "<eos>", "looked at").hover()
    expect(page.locator("qkv-readout")).to_contain_text("“<eos>” was looked at by <eos> 0.875")


def test_a_click_keeps_and_the_address_holds_it(opened: Opened) -> None:
    page = opened(views.translation())
    word(page, "like").click()
    word(page, "I").hover()
    expect(page.locator("qkv-readout")).to_contain_text("“like” looked at")
    assert fragment(page)["row"] == "1"
    page.wait_for_timeout(600)
    word(page, "I").click()
    expect(page.locator("qkv-readout")).to_contain_text("“I” looked at")
    page.go_back()
    expect(page.locator("qkv-readout")).to_contain_text("“like” looked at")
    page.keyboard.press("Escape")
    page.locator("h1").hover()
    expect(page.locator("qkv-readout")).to_contain_text("Point at a word")
    assert "row" not in fragment(page)


def test_an_address_opens_what_it_names(opened: Opened) -> None:
    page = opened(views.translation(), fragment="#head=1&row=3&column=0&mode=tokens&scale=log")
    assert cell(page) == pytest.approx(0.25, abs=1e-5)
    expect(page.locator("qkv-readout")).to_contain_text("“.” looked at “我喜欢”")
    expect(page.get_by_label("Head", exact=True)).to_have_value("1")
    expect(page.get_by_label("Unit")).to_have_value("tokens")
    expect(page.get_by_label("Shades")).to_have_value("log")


def test_words_and_tokens_are_pythons_to_the_stated_precision(opened: Opened) -> None:
    page = opened(views.translation(), fragment="#head=0&row=0&column=0")
    firsts = [("", 0), ("", 1), ("", 2), ("", 4)], [("", 0), ("", 1), ("", 2), ("", 3)]
    for mode, true in {"tokens": views.WEIGHTS, "words": merged(views.WEIGHTS, *firsts)}.items():
        for (row, column), weight in np.ndenumerate(true):
            name = f"head=0&mode={mode}&row={row}&column={column}"
            page.evaluate("name => { location.hash = name }", name)
            expect(page.get_by_label("Unit")).to_have_value(mode)
            assert cell(page) == pytest.approx(weight, abs=0.5 / 65535 * (1 + 1e-6))


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Self-attention of so many tokens that a page computes only what is looked at; causal."""
    torch.manual_seed(1)
    query, key, value = (torch.randn(1, 2, 1100, 8) for _ in range(3))
    with qkv.watch(torch.nn.Identity()) as seen:
        torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    return records_view(list(seen), tokens=[f"t{n}" for n in range(1100)])


def test_cells_of_scores_are_the_weights_to_the_stated_precision(
    opened: Opened, seen: dict[str, Any]
) -> None:
    head = seen["maps"][0]["layers"][0]["heads"][1]
    assert head["encoding"] == "scores"
    page = opened(seen, fragment="#head=1&row=0&column=0")
    expect(page.locator("qkv-view")).to_contain_text("Weights are shown to within")
    true = pages.weights(head)
    for row, column in [(0, 0), (7, 5), (5, 7), (150, 149), (1099, 0), (1099, 1099)]:
        page.evaluate("name => { location.hash = name }", f"head=1&row={row}&column={column}")
        expect(page.locator("qkv-readout")).to_contain_text(f"“t{row}” looked at “t{column}”")
        assert cell(page) == pytest.approx(true[row, column], abs=1e-6)


def picture(page: Page) -> Image.Image:
    page.mouse.move(1, 1)
    page.wait_for_timeout(100)
    return Image.open(BytesIO(canvas(page).screenshot()))


def test_tiles_are_computed_when_the_map_is_zoomed(opened: Opened, seen: dict[str, Any]) -> None:
    """The overview pools 5 × 5: only tiles show the edge of a causal map sharp."""
    page = opened(seen, fragment="#head=0&row=150&column=150&scale=log")
    canvas(page).focus()
    for _ in range(12):
        page.keyboard.press("+")
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    drawn = picture(page)
    true = pages.weights(seen["maps"][0]["layers"][0]["heads"][0])
    left, top = corner(page)
    blank = {}
    for x in range(90, 480, 44):
        page.mouse.move(left + x, top + 200)
        said = page.locator("qkv-readout p").first.inner_text()
        row, column = (int(number) for number in re.findall(r"“t(\d+)”", said)[:2])
        blank[row, column] = drawn.getpixel((x, 200)) == drawn.getpixel((1, 1))
    assert len(blank) > 5
    assert len(set(blank.values())) == 2
    assert blank == {cell: true[cell] < 1e-4 for cell in blank}


def test_zoom_keeps_what_is_under_the_pointer(opened: Opened, seen: dict[str, Any]) -> None:
    page = opened(seen)
    left, top = corner(page)

    def column(x: float) -> str:
        page.mouse.move(left + x, top + 223)
        said = page.locator("qkv-readout p").first.inner_text()
        return re.findall(r"“(t\d+)”", said)[1]

    whole = column(211), column(214)
    assert whole[0] != whole[1]
    column(211)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -800)
    page.keyboard.up("Control")
    assert column(214) != whole[1]
    assert column(211) == whole[0]
    canvas(page).evaluate("canvas => canvas.focus({ preventScroll: true })")
    page.keyboard.press("0")
    assert (column(211), column(214)) == whole


def test_another_head_is_seen_from_the_same_place(opened: Opened, seen: dict[str, Any]) -> None:
    page = opened(seen, fragment="#head=0&row=1000&column=1000")
    canvas(page).focus()
    for _ in range(8):
        page.keyboard.press("+")
    left, top = corner(page)
    page.mouse.move(left + 211, top + 223)
    page.keyboard.press("Escape")

    def said() -> list[str]:
        page.mouse.move(1, 1)
        page.mouse.move(left + 211, top + 223)
        return re.findall(r"“(t\d+)”", page.locator("qkv-readout p").first.inner_text())

    before = said()
    assert int(before[1][1:]) > 900
    page.get_by_label("Head", exact=True).select_option("1")
    left, top = corner(page)
    expect(page.locator("qkv-readout")).not_to_contain_text("Reading")
    assert said() == before


def test_the_keyboard_alone(opened: Opened) -> None:
    page = opened(views.translation(), fragment="#head=0")
    expect(word(page, "like")).to_be_visible()

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if name in page.evaluate(FOCUSED):
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    tab_to("Target, looking")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("qkv-readout")).to_contain_text("“like” looked at")
    page.keyboard.press("End")
    expect(page.locator("qkv-readout")).to_contain_text("“<eos>” looked at <eos> 0.875")
    tab_to("Heat map of 4 rows and 4 columns")
    page.keyboard.press("ArrowLeft")
    assert fragment(page) | {"row": "3", "column": "0"} == fragment(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.locator("qkv-readout")).to_contain_text("“coffee.” looked at “咖啡”")
    page.keyboard.press("Escape")
    expect(page.locator("qkv-readout")).to_contain_text("Point at a word")
    tab_to("layer 0, head 0")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Head", exact=True)).to_have_value("1")


FOCUSED = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute("aria-label") ?? "";
}"""


def test_both_languages(opened: Opened) -> None:
    page = opened(views.translation(), locale="zh-CN")
    expect(page.locator("qkv-two-texts h2")).to_have_text("文本")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    shown = page.locator("qkv-report").inner_text()
    for data in ("A report", "tiny · RNN", "English", "I like coffee.", "<eos>", "token", "tea"):
        shown = shown.replace(data, "")
    own = re.sub(r"\b(I|like|coffee\.?|tea|Ctrl|Esc|AER)\b", "", shown)
    assert not re.search(r"[a-z]{2,}", own, re.IGNORECASE)
    page.get_by_role("button", name="English").click()
    expect(page.locator("qkv-two-texts h2")).to_have_text("The text")
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_narrow_screen_scrolls_down_only(opened: Opened, language: str) -> None:
    page = opened(
        views.translation() | {"title": "x" * 200},
        locale=language,
        viewport={"width": 360, "height": 640},
        has_touch=True,
    )
    expect(canvas(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("qkv-two-texts [role=option]").nth(1).tap()
    assert fragment(page)["column"] == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.skipif(not AXE.is_file(), reason="axe-core: run npm ci in web/")
def test_axe_finds_nothing(opened: Opened, scheme: str) -> None:
    page = opened(views.translation(), color_scheme=scheme, fragment="#head=0&row=1&column=0")
    expect(word(page, "like")).to_be_visible()
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in found] == []


def test_text_is_data(opened: Opened) -> None:
    page = opened(views.hostile(), fragment="#mode=tokens&row=0&column=1")
    expect(page.locator("qkv-readout #cell")).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.locator("qkv-report").evaluate("page => page.isConnected")
    shown = text(page, "looking").get_by_role("option").all_inner_texts()
    assert shown[0] == views.HOSTILE[0]
    assert shown[2] == "␀␛[31m"
    assert shown[4:7] == ["◌\u0301", "∅", "␣␣␣"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_caption_brightens_where_a_word_looked(opened: Opened) -> None:
    page = opened(views.caption())
    regions = page.locator("qkv-two-texts qkv-picture-regions rect")
    word(page, "green").hover()
    expect(regions.nth(1)).to_have_attribute("fill-opacity", "0")
    assert float(regions.nth(0).get_attribute("fill-opacity") or 0) == pytest.approx(
        0.82 * 2 / 3, abs=1e-3
    )
    regions.nth(1).hover()
    expect(page.locator("qkv-readout")).to_contain_text("“1,2” was looked at by green 0.750")
    expect(page.locator("qkv-picture-words li")).to_have_count(2)


def test_two_views_side_by_side_share_a_selection(opened: Opened) -> None:
    page = opened(views.translation(), views.translation())
    expect(page.locator("qkv-view")).to_have_count(2)
    first, second = page.locator("qkv-view").all()
    first.locator("qkv-two-texts").get_by_role("option", name="like").click()
    expect(second.locator("qkv-readout")).to_contain_text("“like” looked at")
    second.get_by_label("layer 0, head 1").click()
    expect(second.get_by_label("Head", exact=True)).to_have_value("1")
    expect(first.get_by_label("Head", exact=True)).to_have_value("mean")
    assert fragment(page)["beside"] == "1.0.0.1"


def test_gold_links_doubts_alternatives_and_sinks(opened: Opened) -> None:
    page = opened(views.translation())
    report = page.locator("qkv-view")
    expect(report).to_contain_text("Alignment error rate 0.250.")
    expect(page.locator("qkv-outcome .doubts li").first).to_contain_text("like 50%")
    assert page.locator("qkv-outcome strong").all_inner_texts() == ["tea"]
    page.locator("qkv-sinks button").click()
    expect(page.get_by_label("Head", exact=True)).to_have_value("1")


def test_paper_is_light(opened: Opened) -> None:
    page = opened(views.translation(), color_scheme="dark")
    expect(canvas(page)).to_be_visible()
    assert page.evaluate(PAPER) == "rgb(22, 21, 20)"
    page.emulate_media(media="print")
    assert page.evaluate(PAPER) == "rgb(252, 251, 248)"
    expect(page.locator("qkv-preferences-switch")).to_be_hidden()


PAPER = "getComputedStyle(document.documentElement).backgroundColor"


def test_a_map_of_one_cell_and_none(opened: Opened) -> None:
    one = views.view(
        "x", [views.side("source", ["x"]), views.side("target", ["y"])], views.cross([[1.0]])
    )
    none = views.view("y", one["sides"])
    page = opened(one, none)
    expect(canvas(page)).to_be_visible()
    page.get_by_label("Texts").select_option("1")
    expect(page.locator("qkv-view")).to_contain_text("This model has no attention")
    assert canvas(page).count() == 0


def test_a_report_of_another_format_says_so(opened: Opened, tmp_path: Path) -> None:
    page = opened(views.translation())
    path = tmp_path / "report.html"
    path.write_text(path.read_text("utf-8").replace("qkv views 1", "qkv views 2", 1), "utf-8")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("qkv views 2, not qkv views 1")
