"""Which language a text is in."""

from __future__ import annotations

import pytest

from qkv.data import language as module
from qkv.data.language import language, script

TEXTS = {
    "en": "The children are playing in front of the house.",
    "de": "Die Kinder spielen vor dem Haus und lachen laut.",
    "fr": "Les enfants jouent devant la maison de leur mère.",
    "ru": "Дети играют перед домом своей бабушки.",
    "ar": "الأطفال يلعبون أمام المنزل الكبير",
    "hi": "बच्चे घर के सामने खेल रहे हैं",
    "zh": "孩子们在房子前面玩耍。",
    "ja": "子供たちは家の前で遊んでいます。",
    "ko": "아이들이 집 앞에서 놀고 있어요.",
    "th": "เด็กๆ กำลังเล่นอยู่หน้าบ้าน",
    "el": "Τα παιδιά παίζουν μπροστά στο σπίτι.",
    "he": "הילדים משחקים לפני הבית",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_of_one_language(code: str) -> None:
    assert language([TEXTS[code]]) == (code, 1.0)


def test_the_share_is_of_letters() -> None:
    code, share = language([TEXTS["zh"] * 30, TEXTS["ko"] * 60])
    assert (code, share) == ("ko", pytest.approx(12 * 60 / (12 * 60 + 10 * 30), abs=0.05))


@pytest.mark.parametrize("texts", [[], [""], ["123", "!?"], ["no"]])
def test_what_tells_nothing(texts: list[str]) -> None:
    assert language(texts)[0] == ""


def test_without_the_extra_only_scripts_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_identifier", lambda: None)
    assert {code for code, text in TEXTS.items() if language([text])[0] == code} == {
        "zh", "ja", "ko", "th", "el", "he",
    }  # fmt: skip
    assert language([TEXTS["de"]]) == ("", 1.0)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ein Haus", "LATIN"),
        ("我喜欢 coffee 咖啡和茶和书", "CJK"),
        ("東京へ行きます", "HIRAGANA"),
        ("커피", "HANGUL"),
        ("кофе", "CYRILLIC"),
        ("12", ""),
    ],
)
def test_the_script_of_most_letters(text: str, name: str) -> None:
    assert script(text) == name
