"""BLEU-1 to 4 and CIDEr-D: coco-caption's own numbers, sums done by hand, and properties.

"coco" below is pycocoevalcap 1.2: `PTBTokenizer().tokenize` (Stanford CoreNLP 3.4.1, in Java), then
`Bleu(4).compute_score(references, hypotheses)` and `Cider().compute_score(references, hypotheses)`.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import exp, sqrt
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import read_lines
from qkv.errors import DataError
from qkv.evaluation._caption_tokens import chinese_tokens, penn_tokens
from qkv.evaluation.captions import caption_bleu, cider_d
from qkv.evaluation.quality import Reference, Score

FLICKR8K = Path(__file__).parents[3] / "shared" / "data" / "flickr8k"

HYPOTHESES = [
    "A brown dog runs over the grass.",
    "Two children play with a red ball.",
    "a man is climbing",
    "A woman in a red coat.",
]
REFERENCES: list[Reference] = [
    [
        "A brown dog is running over green grass.",
        "The dog runs on the grass.",
        "A dog runs over the grass, tongue out.",
    ],
    "Two kids play with a ball.",
    ["A man climbs a steep rock.", "A man is climbing up a cliff!"],
    ["A lady walks her dog.", "Woman wearing a red coat and a hat", "A woman in red"],
]
CHINESE = ["一只棕色的狗在草地上奔跑。", "两个孩子在玩红色的球", "一个男人"]
CHINESE_REFERENCES: list[Reference] = [
    ["一只狗在草地上跑", "棕色的狗跑过草地。"],
    "两个小孩玩球，笑着。",
    ["一个男人在爬山", "男人在攀岩", "一名男子爬山"],
]

# what coco makes of them
TOKENS = [
    ("A dog's ball isn't there.", "a dog 's ball is n't there"),
    ('The dogs\' ball, a frisbee; and "Rex"!', "the dogs ball a frisbee and rex"),
    (
        "He can't, you cannot: they're gonna run at 10:30 p.m.",
        "he ca n't you can not they 're gon na run at 10:30 p.m.",
    ),
    (
        "Two men (one in a t-shirt) play -- or rest -- by St. John's...",
        "two men -lrb- one in a t-shirt -rrb- play or rest by st. john 's",
    ),
    ("A sign reads ' Mr. Big ' for $ 1,000.50 !", "a sign reads mr. big for $ 1,000.50"),
    (
        "I've got what Tom and I wanna see?!  It'd be 5 o'clock.",
        "i 've got what tom and i wan na see ?! it 'd be 5 o'clock",
    ),
    (
        "A man “up high” in the boys’ hide-out – who’s he?",
        "a man up high in the boys hide-out who 's he",
    ),
    ("A black/white cat & 3 kids.", "a black/white cat & 3 kids"),
    (
        "[ 20% ] of {all} snow-covered hills-",
        "-lsb- 20 % -rsb- of -lcb- all -rcb- snow-covered hills",
    ),
    ("U.S. team plays. It wins.", "u.s. team plays it wins"),
    (
        "You've gotta see the ‘Große Straße’, red,white and blue in the U.S.A today.",
        "you 've got ta see the große straße red white and blue in the u.s.a today",
    ),
    ("...", ""),
    ("", ""),
]


def scores(
    hypotheses: Sequence[str], references: Sequence[Reference], *, chinese: bool = False
) -> list[Score]:
    bleus = caption_bleu(hypotheses, references, chinese=chinese)
    return [*bleus, cider_d(hypotheses, references, chinese=chinese)]


def values(
    hypotheses: Sequence[str], references: Sequence[Reference], *, chinese: bool = False
) -> list[float]:
    return [score.value for score in scores(hypotheses, references, chinese=chinese)]


@pytest.mark.parametrize(("caption", "tokens"), TOKENS)
def test_tokens_are_the_stanford_tokenisers_and_stay_when_split_again(
    caption: str, tokens: str
) -> None:
    assert penn_tokens(caption) == tokens
    assert penn_tokens(tokens) == tokens


def test_chinese_tokens_are_characters_and_whole_other_words() -> None:
    assert (
        chinese_tokens("两只狗，在“NBA” 球场3.5米处…… 玩！") == "两 只 狗 在 nba 球 场 3.5 米 处 玩"
    )


def test_scores_are_those_of_coco_caption() -> None:
    coco = [91.66666662847222, 82.9156197550847, 72.85595853689922, 55.76141802885715]
    assert values(HYPOTHESES, REFERENCES) == pytest.approx([*coco, 319.09406254447283], rel=1e-8)


def test_chinese_scores_are_those_of_coco_caption_on_characters() -> None:
    # coco given the characters with spaces between and no punctuation
    coco = [76.92307692011834, 63.35122671339956, 51.9827639381868, 42.63804592060238]
    ours = values(CHINESE, CHINESE_REFERENCES, chinese=True)
    assert ours == pytest.approx([*coco, 272.09209061881886], rel=1e-8)


def test_every_score_says_how_it_was_counted() -> None:
    english, chinese = scores(HYPOTHESES, REFERENCES), scores(["狗"], [["狗", "猫"]], chinese=True)
    names = ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "CIDEr-D"]
    assert [score.name for score in english] == [score.name for score in chinese] == names
    for bleu in english[:4]:
        start = "nrefs:var|case:lc|eff:no|tok:ptb[no-punctuation]|smooth:none|version:"
        assert bleu.signature.startswith(start)
    assert "nrefs:2|case:lc|eff:no|tok:zh[no-punctuation]|smooth:none|" in chinese[0].signature
    how = "n:4|sigma:6|idf:refs"
    assert english[4].signature == f"nrefs:var|case:lc|tok:ptb[no-punctuation]|{how}"
    assert chinese[4].signature == f"nrefs:2|case:lc|tok:zh[no-punctuation]|{how}"
    assert str(english[4]) == f"CIDEr-D|{english[4].signature} = 319.09"


def test_bleu_by_hand() -> None:
    # a, b, d are each in a reference, of "ab" and "bd" only the first; of the lengths 2 and 4,
    # equally close to 3, the shorter counts, so nothing is taken off
    bleu = caption_bleu(["A, b d"], [["a b", "a b c d"]], chinese=False)
    assert [score.value for score in bleu] == pytest.approx([100, 100 * sqrt(1 / 2), 0, 0])
    # 2 of 3 words, 1 of 2 pairs; 3 tokens against 4
    short, bleu = exp(1 - 4 / 3), caption_bleu(["a b d"], ["a b c e"], chinese=False)
    by_hand = [100 * short * 2 / 3, 100 * short * sqrt(2 / 3 * 1 / 2), 0, 0]
    assert [score.value for score in bleu] == pytest.approx(by_hand)


def test_cider_d_by_hand() -> None:
    # "a" is in both images and weighs log(2 / 2) = 0; all else weighs w = log 2. First image: the
    # cosine of dog and of "a dog" is 1. Second: of cat it is min(3w, w) · w / (3w · w) = 1/3, times
    # exp(-1² / (2 · 36)) for one token more; no pair is found. No caption has 3-grams to find.
    score = cider_d(["A dog.", "cat cat cat"], ["a dog", "a cat"], chinese=False)
    words, pairs = (1 + exp(-1 / 72) / 3) / 2, 1 / 2
    assert score.value == pytest.approx(1000 * (words + pairs) / 4, rel=1e-12)
    assert score.value == pytest.approx(291.09196319766317, rel=1e-12)  # coco's


def test_a_copy_of_a_reference_scores_100_and_of_all_references_1000() -> None:
    copied = [each if isinstance(each, str) else each[-1] for each in REFERENCES]
    assert values(copied, REFERENCES)[:4] == pytest.approx([100] * 4)
    assert values(copied, [[text, text.upper()] for text in copied]) == pytest.approx(
        [100, 100, 100, 100, 1000]
    )


def test_cider_d_knows_nothing_rare_in_one_image_or_in_images_all_alike() -> None:
    dog = "a dog runs over there"  # coco: 0.0 for both
    assert cider_d([dog], [[dog, "a dog"]], chinese=False).value == 0
    assert cider_d([dog] * 3, [dog] * 3, chinese=False).value == 0


def test_nothing_said_scores_nothing() -> None:
    assert values(["", "..."], ["a dog", "a cat"]) == [0] * 5
    # coco: 0.36787944 for BLEU-1, 2.5 for CIDEr-D
    first, *_, cider = values(["", "a cat"], ["a dog", "a cat"])
    assert [first, cider] == pytest.approx([100 * exp(-1), 250])
    # an empty reference cannot be met, and halves what the other gives; coco: 3.75
    assert values(["a dog", "a cat"], [["!", "a dog"], "a cat"])[4] == pytest.approx(375)


words = st.sampled_from(["a", "dog", "cat", "runs", "on", "the", "grass"])
captions = st.lists(words, max_size=7).map(" ".join)
images = st.lists(st.tuples(captions, st.lists(captions, min_size=1, max_size=3)), min_size=1)


@given(images, st.randoms(use_true_random=False))
def test_the_order_of_images_and_references_changes_nothing(
    corpus: list[tuple[str, list[str]]], random: Random
) -> None:
    before = values(*zip(*corpus, strict=True))
    mixed = [(caption, random.sample(others, len(others))) for caption, others in corpus]
    random.shuffle(mixed)
    assert values(*zip(*mixed, strict=True)) == pytest.approx(before, rel=1e-12)
    assert all(0 <= bleu <= 100 + 1e-9 for bleu in before[:4])
    assert 0 <= before[4] <= 1000 + 1e-9


@pytest.mark.parametrize("scorer", [caption_bleu, cider_d])
def test_what_cannot_be_scored_is_told(scorer: Callable[..., object]) -> None:
    with pytest.raises(
        DataError, match=r"cannot score 3 translations against 2 references; each translation"
    ):
        scorer(["a", "b", "c"], ["a", "b"], chinese=False)
    with pytest.raises(DataError, match="no translations to score; give at least one sentence"):
        scorer([], [], chinese=True)
    with pytest.raises(DataError, match="sentence 2 has no reference; each needs at least one"):
        scorer(["a", "b"], ["a", ()], chinese=False)


# coco's numbers for the first caption of each image against the others, and then for the first
# caption of the next image; for Chinese, coco was given our tokens
FLICKR = [
    ("captions", 0, [63.7887527, 44.6828561, 30.8375088, 21.3162376, 80.0724101]),
    ("captions", 1, [29.2357606, 11.0019754, 3.99739785, 1.58503152, 4.06645408]),
    ("captions_zh", 0, [70.6809722, 59.0150840, 48.6320690, 40.0054161, 179.467018]),
    ("captions_zh", 1, [31.7276111, 17.3080130, 10.0536917, 6.07102040, 17.5092873]),
]


@pytest.mark.skipif(not FLICKR8K.is_dir(), reason=f"no captions in {FLICKR8K}")
@pytest.mark.parametrize(("name", "moved", "coco"), FLICKR)
def test_flickr8k_is_scored_as_coco_caption_does(name: str, moved: int, coco: list[float]) -> None:
    by_image = defaultdict(list)
    for line in read_lines(FLICKR8K / f"{name}.test.tsv"):
        image, _, caption = line.split("\t")
        by_image[image].append(caption)
    first = [texts[0] for texts in by_image.values()]
    others = [texts[1:] for texts in by_image.values()]
    hypotheses = first[moved:] + first[:moved]
    ours = values(hypotheses, others, chinese=name.endswith("zh"))
    assert ours == pytest.approx(coco, rel=1e-7)
