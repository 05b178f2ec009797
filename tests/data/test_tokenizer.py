import hashlib
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qkv.data import Token, Tokenizer, read_lines
from qkv.data import tokenizer as tokenizer_module
from qkv.data.invisible import positions, visible
from qkv.data.tokenizer import BOS, EOS, FIRST_PIECE, PAD, UNK
from qkv.errors import ConfigError, DataError, FolderError

DATA = Path(__file__).parents[3] / "shared" / "data"

LINES = [
    "Two young, white males are outside near many bushes.",
    "Two young men don't like coffee, but the young woman does.",
    "The men are near the bushes; many women like the coffee.",
    "我喜欢咖啡。",
    "我今天早上在公园看到了一只非常可爱的小猫。",
    "我喜欢小猫，他喜欢公园。",
    "Die Männer sind im Café (nicht draußen) um 12 Uhr 30.",
] * 3
TOKENIZER = Tokenizer.train(LINES, 700)

# Any character this Python knows: a newer Unicode in the library may compose unassigned ones.
KNOWN = st.characters(exclude_categories=["Cs", "Cn"])
HARD = st.sampled_from(
    "aé中猫ーか。，'’ \t\n\u3000\x85\x1c▁<s>/0xE7\u0301\u0323ᄒ\u1161\u11ab한😀\u200d\ufeff\x00\xad"
)
TEXTS = st.text(KNOWN | HARD)
IDS = st.lists(st.integers(0, TOKENIZER.vocabulary_size - 1))


def tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", visible(text)).split())


def pieces(text: str) -> list[str]:
    return [token.text for token in TOKENIZER.encode(text).tokens]


def check_tokens(text: str, tokens: list[Token]) -> None:
    """In order, inside the text, whole words between spaces, and nothing visible left over."""
    covered: set[int] = set()
    last = (0, 0)
    for token in tokens:
        assert last <= (token.start, token.end)
        assert token.start >= last[1] or (token.start, token.end) == last
        assert token.start <= token.end <= len(text)
        surface = text[token.start : token.end]
        assert surface == surface.strip()
        assert bool(surface) == (token.text != "▁")
        covered |= set(range(token.start, token.end))
        last = token.start, token.end
    assert {i for i in positions(text)[:-1] if not text[i].isspace()} <= covered


@given(TEXTS)
@example("▁")
@example("e\u0301\u0323 q\u0301")
@example("  \u0301a")
@example("\u1112\u1161\u11ab글")
def test_round_trip(text: str) -> None:
    encoding = TOKENIZER.encode(text)
    decoded = TOKENIZER.decode(encoding.ids)
    assert decoded.text == tidy(text)
    assert len(decoded.tokens) == len(encoding.tokens) == len(encoding.ids)
    assert UNK not in encoding.ids


@given(TEXTS)
@example("  😀")
@example("e\u0301\u0323x")
def test_offsets_of_encoding(text: str) -> None:
    tokens = TOKENIZER.encode(text).tokens
    check_tokens(text, tokens)
    for token in tokens:
        if token.text != "▁" and not token.text.startswith("<0x"):
            assert tidy(text[token.start : token.end]) == token.text


@given(IDS)
def test_any_ids_decode(ids: list[int]) -> None:
    decoded = TOKENIZER.decode(ids)
    assert len(decoded.tokens) == sum(i > UNK for i in ids)
    assert decoded.text == " ".join(decoded.text.split())
    last = 0
    for token in decoded.tokens:
        assert last <= token.start <= token.end <= len(decoded.text) or token.end == last
        last = token.end


@given(TEXTS)
def test_decoded_tokens_cover_the_text(text: str) -> None:
    decoded = TOKENIZER.decode(TOKENIZER.encode(text).ids)
    check_tokens(decoded.text, decoded.tokens)


def test_words_numbers_and_punctuation() -> None:
    assert pieces("Two young men don't.") == ["Two", "young", "men", "don't", "."]
    assert pieces("12 30") == ["1", "2", "3", "0"]
    assert pieces("小猫，公园。") == ["小猫", "，", "公园", "。"]


def test_a_word_has_the_same_tokens_wherever_it_stands() -> None:
    first, later = TOKENIZER.encode("young men").ids, TOKENIZER.encode("the young men").ids
    assert later[-len(first) :] == first


def test_scripts_are_never_in_one_token() -> None:
    together = Tokenizer.train(["我用iPhone打电话"] * 9, 400).encode("我用iPhone打电话").tokens
    assert [token.text for token in together] == ["我用", "iPhone", "打电话"]


def test_offsets_by_hand() -> None:
    text = " Two  young\u3000Cafe\u0301, 我喜欢"
    assert TOKENIZER.encode(text).tokens == [
        Token("Two", 1, 4),
        Token("young", 6, 11),
        Token("Café", 12, 17),
        Token(",", 17, 18),
        Token("▁", 19, 19),
        Token("我喜欢", 19, 22),
    ]


@given(TEXTS)
def test_invisible_characters_are_no_text(text: str) -> None:
    assert TOKENIZER.ids_batch([text]) == TOKENIZER.ids_batch([visible(text)])
    assert TOKENIZER.encode(text).ids == TOKENIZER.encode(visible(text)).ids


def test_offsets_around_invisible_characters() -> None:
    text = "\ufeffTwo\u200b \u2060you\xadng\u200e\x00, 小\u200b猫\ufe0f"
    assert TOKENIZER.encode(text).tokens == [
        Token("Two", 1, 4),
        Token("young", 7, 13),
        Token(",", 15, 16),
        Token("▁", 17, 17),
        Token("小猫", 17, 20),
    ]
    assert TOKENIZER.encode("\u200b\ufeff \xad\u2060\u200e\ufe0f\x00") == ([], [])


def test_training_does_not_see_invisible_characters() -> None:
    strewn = ["\u200b".join(line) + "\ufeff" for line in LINES]
    assert Tokenizer.train(strewn, 700).ids_batch(LINES) == TOKENIZER.ids_batch(LINES)


def test_a_tokenizer_that_learnt_invisible_characters_does_not_see_them(tmp_path: Path) -> None:
    """As tokenizers of 0.1.0 may have."""
    path = tmp_path / "tokenizer.json"
    Tokenizer.train([f"{line}X" for line in LINES], 700).save(path)
    path.write_text(path.read_text("utf-8").replace("X", "\u200b"), encoding="utf-8")
    old = Tokenizer.load(path)
    assert old.encode("Two\u200b").ids == old.encode("Two").ids


def test_unseen_characters_are_bytes_with_the_span_of_their_character() -> None:
    encoding = TOKENIZER.encode("小猫鱻。")
    assert encoding.tokens == [
        Token("小猫", 0, 2),
        Token("<0xE9>", 2, 3),
        Token("<0xB1>", 2, 3),
        Token("<0xBB>", 2, 3),
        Token("。", 3, 4),
    ]
    assert TOKENIZER.decode(encoding.ids) == ("小猫鱻。", encoding.tokens)


def byte(value: int) -> int:
    return FIRST_PIECE - 256 + value


def test_broken_bytes_become_replacement_characters() -> None:
    young = TOKENIZER.encode("young").ids
    decoded = TOKENIZER.decode([byte(0xE9), byte(0xB1), *young, byte(0xFF), byte(0x41)])
    assert decoded.text == "\ufffd\ufffd young\ufffdA"
    assert [(token.start, token.end) for token in decoded.tokens] == [
        (0, 1),
        (1, 2),
        (3, 8),
        (8, 9),
        (9, 10),
    ]


def test_no_ids_give_a_second_line() -> None:
    line_feeds = [byte(0x0A), byte(0x0D), byte(0x0A)]
    young = TOKENIZER.encode("young").ids
    decoded = TOKENIZER.decode([*line_feeds, *young, *line_feeds, *young, *line_feeds])
    assert decoded.text == "young young"


@pytest.mark.parametrize("text", ["<s>", "</s>", "<pad>", "<unk>", "<0x41>", "a <s> b</s>"])
def test_names_of_special_tokens_are_plain_text(text: str) -> None:
    ids = Tokenizer.train([*LINES, *[text] * 50], 500).encode(text).ids
    assert not {PAD, BOS, EOS, UNK} & set(ids)
    assert TOKENIZER.decode(TOKENIZER.encode(text).ids).text == text


def test_special_tokens_are_left_out_of_text() -> None:
    ids = TOKENIZER.encode("young men").ids
    decoded = TOKENIZER.decode([BOS, ids[0], UNK, *ids[1:], EOS, PAD])
    assert decoded == TOKENIZER.decode(ids)
    assert decoded.text == "young men"


def test_empty_text() -> None:
    assert TOKENIZER.encode(" \n") == ([], [])
    assert TOKENIZER.decode([]) == ("", [])


def test_batches_are_single_texts() -> None:
    texts = [*LINES, "", "😀 new"]
    assert TOKENIZER.encode_batch(texts) == [TOKENIZER.encode(text) for text in texts]
    assert TOKENIZER.ids_batch(texts) == [TOKENIZER.encode(text).ids for text in texts]


def test_many_texts_are_read_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer_module, "TOGETHER", 3)
    texts = [*LINES[:5], "", "😀 new", *LINES[5:7]]
    for count in range(len(texts) + 1):
        wanted = [TOKENIZER.encode(text).ids for text in texts[:count]]
        assert TOKENIZER.ids_batch(texts[:count]) == wanted
    with pytest.raises(DataError, match=r"^sentence 8: "):
        TOKENIZER.ids_batch([*texts[:7], "\ud83d"])


def test_half_a_surrogate_pair() -> None:
    for encode in (TOKENIZER.encode_batch, TOKENIZER.ids_batch):
        with pytest.raises(DataError) as caught:
            encode(["fine", "\ud83d"])
        assert str(caught.value) == (
            "sentence 2: contains half of a surrogate pair, which is not a character. "
            "Decode its bytes with errors='replace'."
        )


def test_what_is_no_text_is_no_half_surrogate_pair() -> None:
    for encode in (TOKENIZER.encode_batch, TOKENIZER.ids_batch):
        with pytest.raises(TypeError, match="must be"):
            encode(["fine", 3])  # pyright: ignore[reportArgumentType]


def test_vocabulary_size_is_a_bound() -> None:
    assert Tokenizer.train(LINES, 300).vocabulary_size == 300
    hanzi = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))
    assert Tokenizer.train([hanzi], 270).vocabulary_size == 270
    assert Tokenizer.train(["ab"], 8000).vocabulary_size == FIRST_PIECE + 3  # space, a, b


def test_a_piece_is_no_whole_text(tmp_path: Path) -> None:
    """So that a file of so many tokens has at most so many bytes."""
    line = "".join(map(chr, range(0x20000, 0x20000 + 400)))  # of four bytes each
    tokenizer = Tokenizer.train([line, line], 2000)
    texts = [tokenizer.decode([i]).text for i in range(FIRST_PIECE, tokenizer.vocabulary_size)]
    assert 50 < max(map(len, texts)) <= 100
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    assert path.stat().st_size < 1024 * tokenizer.vocabulary_size
    assert Tokenizer.load(path, tokenizer.vocabulary_size).encode(line) == tokenizer.encode(line)


def test_a_file_too_large_for_its_tokens_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    TOKENIZER.save(path)
    with path.open("a") as file:
        file.write(" " * 2 * 10**6)
    Tokenizer.load(path)
    tokens = TOKENIZER.vocabulary_size
    most = 1024 * tokens + 1024**2  # a megabyte for the normalisation of an imported one
    with pytest.raises(FolderError, match=rf"\(more than {most:,} bytes\); copy"):
        Tokenizer.load(path, tokens)


def test_rare_characters_are_left_to_bytes() -> None:
    common, rare = "的一是不了", "鱻"
    tokenizer = Tokenizer.train([common * 1000, rare], 1000)
    assert len(tokenizer.encode(rare).ids) == 3
    assert len(tokenizer.encode(common[0]).ids) == 1


def test_no_room_for_a_vocabulary() -> None:
    with pytest.raises(ConfigError) as caught:
        Tokenizer.train(LINES, 260)
    assert str(caught.value) == (
        "a vocabulary needs more than 260 tokens (4 special ones and 256 bytes); got 260."
    )


TRAIN_AND_HASH = """
import sys, hashlib
from qkv.data import Tokenizer
Tokenizer.train(sys.stdin.read().split("\\n"), 350).save(sys.argv[1])
"""


def test_training_is_deterministic(tmp_path: Path) -> None:
    digests = set()
    for run in range(3):
        path = tmp_path / f"{run}.json"
        script = [sys.executable, "-c", TRAIN_AND_HASH, str(path)]
        subprocess.run(script, input="\n".join(LINES), encoding="utf-8", check=True)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    TOKENIZER.save(path)
    loaded = Tokenizer.load(path)
    text = "Two  young <s> 鱻 我喜欢。"
    assert loaded.vocabulary_size == TOKENIZER.vocabulary_size
    assert loaded.encode(text) == TOKENIZER.encode(text)
    assert [each.name for each in tmp_path.iterdir()] == ["tokenizer.json"]


def refusal(path: Path) -> str:
    with pytest.raises(FolderError) as caught:
        Tokenizer.load(path)
    return str(caught.value)


def test_loading_what_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "source.tokenizer.json"
    assert refusal(path) == f"{path}: no such file; a model folder holds its tokenizers."


@pytest.mark.parametrize("text", ["", "{}", "[]", "half"])
def test_loading_what_is_broken(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokenizer.json"
    TOKENIZER.save(path)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: len(whole) // 2] if text == "half" else text, encoding="utf-8")
    assert refusal(path).startswith(f"{path}: broken or truncated (")
    assert refusal(path).endswith("); copy it again.")


def test_loading_what_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b"\xff\xfe")
    assert refusal(path).startswith(f"{path}: broken or truncated (")


def test_loading_another_kind(tmp_path: Path) -> None:
    from tokenizers import Tokenizer as Library
    from tokenizers.models import BPE

    path = tmp_path / "tokenizer.json"
    Library(BPE()).save(str(path))
    assert refusal(path) == (
        f"{path}: not a tokenizer that qkv trained, see its normalizer; copy it again."
    )


@pytest.mark.parametrize("file", ["tatoeba-zh-en/train.zh", "multi30k/train.de"])
def test_real_text_is_learned_soon_and_comes_back(file: str) -> None:
    if not (DATA / file).is_file():
        pytest.skip(f"no {DATA / file}: the shared data is not part of the repository")
    lines = read_lines(DATA / file)
    started = time.perf_counter()
    tokenizer = Tokenizer.train(lines, 4000)
    assert time.perf_counter() - started < 20
    assert tokenizer.vocabulary_size == 4000
    sample = lines[::29]
    for line, encoding in zip(sample, tokenizer.encode_batch(sample), strict=True):
        check_tokens(line, encoding.tokens)
        assert tokenizer.decode(encoding.ids).text == tidy(line)


def test_empty_lines_cost_the_library_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["", " \u3000", "\u200b", "Two", "\x00 ", "young"]
    expected = [[], [], [], TOKENIZER.encode("Two").ids, [], TOKENIZER.encode("young").ids]
    given: list[list[str]] = []

    class Watched:
        def __getattr__(self, name: str) -> Callable[[list[str]], object]:
            def call(batch: list[str]) -> object:
                given.append(batch)
                return getattr(backend, name)(batch)

            return call

    backend = TOKENIZER._backend
    monkeypatch.setattr(TOKENIZER, "_backend", Watched())
    assert [encoding.ids for encoding in TOKENIZER.encode_batch(texts)] == expected
    assert TOKENIZER.ids_batch(texts) == expected
    assert given == [["Two", "young"]] * 2
