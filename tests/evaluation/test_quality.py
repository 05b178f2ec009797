"""BLEU, chrF and exact match: numbers published with sacreBLEU, and sums done by hand."""

import subprocess
import sys
from math import exp

import pytest

from qkv.errors import ConfigError, DataError
from qkv.evaluation import (
    bleu,
    bleu_lowercased,
    chrf,
    exact_match,
    is_chinese,
    moses_languages,
    quality,
    telling_metric,
    telling_score,
    tokenizer_for,
)

# sacreBLEU's README example, with the score in its test/test_bleu.py (commit f615c72).
HYPOTHESES = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
REFERENCES = [
    ("The dog bit the man.", "The dog had bit the man."),
    ("It was not unexpected.", "No one was surprised."),
    ("The man bit him first.", "The man had bitten the dog."),
]
# From sacreBLEU's test/test_chrf.py (commit f615c72): there with smoothing, which these don't need.
CZECH = [
    (
        "Co nás nejvíc trápí, protože lékaři si vybírají, kdo bude žít a kdo zemře.",
        "Nejvíce smutní jsme z toho, že musíme rozhodovat o tom, kdo bude žít a kdo zemře.",
        39.14078509,
    ),
    (
        "Nebo prostě nemají vybavení, které by jim pomohlo, uvedli lékaři.",
        "A někdy nemáme ani potřebný materiál, abychom jim pomohli, popsali lékaři.",
        31.22557079,
    ),
]


def test_bleu_is_sacrebleus() -> None:
    score = bleu(HYPOTHESES, REFERENCES, chinese=False)
    assert score.value == pytest.approx(48.530827, abs=1e-8)
    assert score.signature.startswith("nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert str(score) == f"BLEU|{score.signature} = 48.53"


def test_bleu_of_chinese_counts_characters() -> None:
    # 1- to 4-grams found: 4 of 6, 3 of 5, 2 of 4, 1 of 3; equal lengths
    by_hand = 100 * (4 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** (1 / 4)
    score = bleu(["我喜欢喝咖啡"], ["我喜欢喝红茶"], chinese=True)
    assert score.value == pytest.approx(by_hand, abs=1e-10)
    assert "|tok:zh|" in score.signature
    assert bleu(["我喜欢喝咖啡"], ["我喜欢喝红茶"], chinese=False).value == 0


def test_lowercased_bleu_counts_moses_tokens_without_case() -> None:
    # "hund rennt los ." after "der" or "ein", 5 tokens each: 4 of 5, 3 of 4, 2 of 3, 1 of 2
    by_hand = 100 * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** (1 / 4)
    score = bleu_lowercased(["Der Hund rennt los."], ["ein hund RENNT los ."], "de")
    assert score.value == pytest.approx(by_hand, abs=1e-10)
    assert "|case:lc|" in score.signature
    assert "|tok:moses-de[sacremoses-" in score.signature
    assert score.name == "lower-cased BLEU"


def test_lowercased_bleu_lowers_before_it_splits_as_multi30k_was_made() -> None:
    # Moses splits "isst." before "Dann", not before "dann". So of er isst. dann geht er are found
    # 4 of 5, 2 of 4, 1 of 3, and 0 of 2, smoothed to half a match; 5 tokens against 6
    by_hand = 100 * exp(1 - 6 / 5) * (4 / 5 * 2 / 4 * 1 / 3 * 0.5 / 2) ** (1 / 4)
    score = bleu_lowercased(["Er isst. Dann geht er"], ["er isst . dann geht er"], "de")
    assert score.value == pytest.approx(by_hand, abs=1e-10)


@pytest.mark.parametrize("language", ["xx", "tk", "", "DE"])
def test_a_language_without_rules_is_not_signed(language: str) -> None:
    with pytest.raises(ConfigError) as caught:
        bleu_lowercased(["a"], ["a"], language)
    assert str(caught.value) == f"sacremoses has no rules for the language {language!r}."


def test_every_language_with_rules_can_be_tokenised() -> None:
    assert {"cs", "de", "en", "fr", "ja", "ko", "zh"} <= moses_languages()
    for language in moses_languages():
        assert bleu_lowercased(["a b c d"], ["a b c d"], language).value == pytest.approx(100)


@pytest.mark.parametrize(("hypothesis", "reference", "published"), CZECH)
def test_chrf_is_sacrebleus(hypothesis: str, reference: str, published: float) -> None:
    score = chrf([hypothesis], [reference])
    assert score.value == pytest.approx(published, abs=1e-4)
    assert score.signature.startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")
    assert score.name == "chrF2"


def test_any_of_several_references_will_do_and_their_number_may_vary() -> None:
    references = [("the cat sat on a mat", "a cat sat on the mat"), "dogs bark at night here"]
    hypotheses = ["a cat sat on the mat", "dogs bark at night here"]
    scores = [
        bleu(hypotheses, references, chinese=False),
        bleu_lowercased(hypotheses, references, "en"),
        chrf(hypotheses, references),
        exact_match(hypotheses, references),
    ]
    assert [score.value for score in scores] == pytest.approx([100] * 4)
    assert all(score.signature.startswith("nrefs:var|") for score in scores)


def test_exact_match_is_a_percentage_blind_to_composition_and_spacing() -> None:
    hypotheses = ["Cafe\u0301  au lait ", "tea", "Milk"]
    score = exact_match(hypotheses, ["Café au lait", "tea", "milk"])
    assert score.value == pytest.approx(200 / 3)
    assert score.signature == "nrefs:1|case:mixed|norm:nfc|space:tidy"


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (["我喜欢咖啡。", "好"], True),
        (["我用iPhone拍照片给你看"], True),
        (["The word 咖啡 means coffee."], False),
        (["これはペンです", "本を読みます"], False),
        (["㐀\U00020000"], True),
        (["12.5%", ""], False),
        ([], False),
    ],
)
def test_is_chinese_asks_whether_most_letters_are_han(texts: list[str], answer: bool) -> None:
    assert is_chinese(texts) is answer


SCORERS = [
    lambda h, r: bleu(h, r, chinese=False),
    lambda h, r: bleu_lowercased(h, r, "en"),
    chrf,
    exact_match,
]


@pytest.mark.parametrize("scorer", SCORERS)
def test_what_cannot_be_scored_is_told(scorer) -> None:  # noqa: ANN001
    with pytest.raises(
        DataError, match=r"cannot score 3 translations against 2 references; each translation"
    ):
        scorer(["a", "b", "c"], ["a", "b"])
    with pytest.raises(DataError, match="no translations to score; give at least one sentence"):
        scorer([], [])
    with pytest.raises(DataError, match="sentence 2 has no reference; each needs at least one"):
        scorer(["a", "b"], ["a", ()])


def test_the_room_opens_without_sacrebleu_or_torch() -> None:
    script = "import sys, qkv.evaluation; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "qkv.evaluation.quality" in loaded
    assert loaded.isdisjoint({"torch", "sacrebleu", "sacremoses"})


JAPANESE = ["私はコーヒーが好きです。", "猫が公園で寝ている。", "明日東京へ行きます。"]
THAI = ["ฉันชอบกาแฟมาก", "แมวนอนอยู่ในสวน", "พรุ่งนี้ฉันจะไปกรุงเทพ"]
KOREAN = ["나는 커피를 정말 좋아해요.", "고양이가 공원에서 자고 있어요.", "내일 서울에 갑니다."]


@pytest.mark.parametrize(
    ("references", "tokenizer"),
    [
        (["Der Hund rennt.", "Größe, Œuvre, Ёлка"], "13a"),
        (["我喜欢喝咖啡。", "他在北京の店工作了十年，非常高兴。"], "zh"),
        (JAPANESE, "char"),
        (["東京都庁前駅で待ち合わせる"], "char"),  # more Han than kana
        (THAI, "char"),
        (["ຂ້ອຍມັກກາເຟ", "ខ្ញុំចូលចិត្តកាហ្វេ", "ကော်ဖီကြိုက်တယ်"], "char"),
        (KOREAN, "char"),
        ([["I like it", "I love it"], ["12", "3"]], "13a"),
        (["12", "3"], "13a"),
    ],
)
def test_the_tokenizer_fits_the_script(
    references: list[str], tokenizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "find_spec", lambda package: None)  # MeCab is not installed
    assert tokenizer_for(references) == tokenizer


def test_mecab_is_taken_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "find_spec", lambda package: package)
    assert tokenizer_for(JAPANESE) == "ja-mecab"
    assert tokenizer_for(KOREAN) == "ko-mecab"


def labels(number: int) -> list[str]:
    return [("positive", "negative", "neutral")[i % 3] for i in range(number)]


@pytest.mark.parametrize(
    ("references", "metric"),
    [
        (JAPANESE, "BLEU"),
        (THAI, "BLEU"),
        (KOREAN, "BLEU"),
        ([f"a sentence of {i} words or so" for i in range(9)], "BLEU"),
        (["I like tea", "you see it", "they have it", "the teacher has books"], "BLEU"),
        (labels(30), "exact match"),
        (["very good", "quite bad"] * 20, "exact match"),
        (labels(3), "chrF2"),
        ([str(7919 * i) for i in range(40)], "chrF2"),
        ([f"word{i}" for i in range(40)] + ["one that is longer"], "chrF2"),
        ([["yes", "yep"], ["yes", "yep"], ["yep", "yes"], ["yes", "yep"]], "exact match"),
        ([["a dog", "a dog runs over the grass"], ["cats", "two cats sleep on a sofa"]], "BLEU"),
    ],
)
def test_the_metric_that_tells_models_apart(
    references: list[str], metric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "find_spec", lambda package: None)
    assert telling_metric(references) == metric
    perfect = [r if isinstance(r, str) else max(r, key=len) for r in references]
    worse = [*perfect[1:], "x"]
    best, other = telling_score(perfect, references), telling_score(worse, references)
    assert best.name == metric
    assert best.value == pytest.approx(100)
    assert other.value < best.value


def test_ordinary_text_is_told_by_the_bleu_of_0_1_0() -> None:
    for texts, chinese in ((REFERENCES, False), ([["我喜欢喝红茶"], ["他不来吗"]], True)):
        hypotheses = [text[0][:9] for text in texts]
        assert telling_score(hypotheses, texts) == bleu(hypotheses, texts, chinese=chinese)
