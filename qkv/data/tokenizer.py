"""Byte-pair encoding that loses nothing but the form of white space and what shows nothing.

A space belongs to the word after it, and a text that begins with a word written between spaces gets
one in front, so that a word has the same tokens wherever it stands:

    "The cat's 猫。" → " The cat's 猫。" → [" The", " cat's", " 猫", "。"] → merges inside each

Chinese needs no segmenter: merges run freely between punctuation marks. A character that the
vocabulary lacks is spelled with byte tokens, so no text is unknown. Characters that show nothing
(`invisible`) are dropped before, whatever the tokenizer was trained on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import tokenizers
from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from qkv.data import unigram
from qkv.data.counting import character_counts
from qkv.data.invisible import positions, visible
from qkv.data.protected import STAND_INS
from qkv.errors import ConfigError, DataError, FolderError
from qkv.files import read_json, write_atomically

__all__ = ["BOS", "EOS", "PAD", "UNK", "Decoded", "Encoding", "Token", "Tokenizer"]

PAD, BOS, EOS, UNK = range(4)
SPECIALS = ["<pad>", "<s>", "</s>", "<unk>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]  # named as the library's fallback wants it
FIRST_BYTE, FIRST_PIECE = len(SPECIALS), len(SPECIALS) + len(BYTES)
LONE_SPACE = "▁"

SURROGATE = re.compile("[\ud800-\udfff]")

# Kept characters cover this share of the text (Kudo and Richardson 2018); the rare rest is spelled
# in bytes, which trains the byte embeddings for characters never seen.
COVERAGE = 0.9995

# A piece is at most so long, and so is its share of a file: its name, twice, and its number.
PIECE_CHARACTERS, PIECE_BYTES = 100, 1024
CHARSMAP_BYTES = 1024**2  # of the normalisation of an imported model
MOST_TOKENS = 10**6
TOGETHER = 4096  # texts whose ids are read at once: the library holds a hundred bytes a token

SPACE = r"[\s\x1c-\x1f]"  # what str.split() takes for white space
HAN_KANA = r"\p{Han}\p{Hiragana}\p{Katakana}ー"
LETTER = rf"(?![{HAN_KANA}])[\p{{L}}\p{{M}}]"
# A run of Chinese or Japanese; a word, with inner apostrophes (don't); or one other character.
WORD = rf" ?[{HAN_KANA}]+| ?(?:{LETTER})+(?:['’](?:{LETTER})+)*| ?[^ ]"


class Token(NamedTuple):
    """A piece of text: `text[start:end]`, in characters, without the space before it.

    A byte token is named like <0xE7> and has the span of its whole character. A space that belongs
    to no token of the next word is named ▁ and has an empty span where that word begins.
    """

    text: str
    start: int
    end: int


class Encoding(NamedTuple):
    """Ids without BOS and EOS; token offsets lie in the text as given."""

    ids: list[int]
    tokens: list[Token]


class Decoded(NamedTuple):
    """Text, and the tokens with their offsets in it; special tokens left out."""

    text: str
    tokens: list[Token]


class Tokenizer:
    """Text ↔ ids.

    Decoding gives the visible text back in NFC, each run of white space one space. Tokenizers of
    imported models are unigram models; what they do not know is one unknown token, and is lost.

    Attributes:
        pieces: the tokens by their numbers, as the file has them.
    """

    def __init__(self, backend: tokenizers.Tokenizer) -> None:
        self._backend = backend
        self.pieces = unigram.pieces(backend)
        self._pieces = self.pieces
        if isinstance(backend.model, models.Unigram):
            self._pieces = [piece.replace(unigram.SPACE, " ") for piece in self.pieces]

    @classmethod
    def train(cls, lines: Iterable[str], vocabulary_size: int, stand_ins: str = "") -> Tokenizer:
        """Learn merges from `lines`; a small text gives fewer than `vocabulary_size` tokens.

        stand_ins: characters of `STAND_INS` that stand for units in the lines; tokens of their own.

        Raises:
            ConfigError: no room for more than the special tokens and the bytes.
        """
        room = vocabulary_size - FIRST_PIECE - len(stand_ins)
        if room < 1:
            raise ConfigError(
                f"a vocabulary needs more than {FIRST_PIECE} tokens ({len(SPECIALS)} special ones "
                f"and {len(BYTES)} bytes); got {vocabulary_size}."
            )
        lines = list(map(visible, lines))
        learner = _backend(models.BPE())
        alphabet = _alphabet((learner.normalizer.normalize_str(line) for line in lines), room)
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary_size,
            min_frequency=2,
            special_tokens=[*SPECIALS, *BYTES, *stand_ins],
            initial_alphabet=alphabet,
            limit_alphabet=len(alphabet),
            max_token_length=PIECE_CHARACTERS,
            show_progress=False,
        )
        learner.train_from_iterator(lines, trainer)
        return cls(_without_specials(learner))

    @classmethod
    def load(cls, path: str | Path, tokens: int = MOST_TOKENS) -> Tokenizer:
        """What `save` wrote; of a file no more is taken than the vocabulary and the merges.

        Args:
            tokens: how many it should have; a file too large for that is not read.
        Raises:
            FolderError: missing, truncated, or a tokenizer of another kind.
        """
        path = Path(path)
        if not path.is_file():
            raise FolderError(f"{path}: no such file; a model folder holds its tokenizers.")
        try:
            saved = read_json(path, PIECE_BYTES * max(tokens, FIRST_PIECE) + CHARSMAP_BYTES)
            if (imported := _imported(saved)) is not None:
                return cls(imported)
            foreign = _foreign(saved)
            if not foreign:
                return cls(_backend(_merging(saved["model"]["vocab"], saved["model"]["merges"])))
        except (OSError, ValueError) as error:
            raise FolderError(f"{path}: broken or truncated ({error}); copy it again.") from None
        raise FolderError(
            f"{path}: not a tokenizer that qkv trained, see its {foreign}; copy it again."
        )

    def save(self, path: str | Path) -> None:
        """Write one JSON file, whole or not at all."""
        text = self.to_json()
        write_atomically(Path(path), lambda part: part.write_text(text, encoding="utf-8"))

    def to_json(self) -> str:
        """What `save` writes."""
        return self._backend.to_str(pretty=True)

    @property
    def vocabulary_size(self) -> int:
        """Ids run from 0 to here."""
        return len(self._pieces)

    @property
    def stand_ins(self) -> str:
        """The characters that stand for units, as those that it was trained on did."""
        return "".join(takewhile(set(STAND_INS).__contains__, self._pieces[FIRST_PIECE:]))

    @property
    def spellings(self) -> list[bytes]:
        """What each token puts into a text, in UTF-8: a byte token one byte, a special one none."""
        pieces = self._pieces[FIRST_BYTE:]
        return [b""] * FIRST_BYTE + [_byte(piece) or piece.encode() for piece in pieces]

    def tokens_with(self, characters: re.Pattern[str]) -> list[tuple[int, str]]:
        """Ids of the pieces and bytes that have one of these characters, and the first of these."""
        pieces = enumerate(map(_spelled, self._pieces[FIRST_BYTE:]), FIRST_BYTE)
        found = ((i, characters.search(piece)) for i, piece in pieces)
        return [(i, match[0]) for i, match in found if match]

    def encode(self, text: str) -> Encoding:
        """Ids and tokens of one text; an empty one has none."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[Encoding]:
        """`encode` for many texts, on all threads.

        Raises:
            DataError: a text contains half of a surrogate pair.
        """
        shown, encoded = _checked(self._backend.encode_batch, texts)
        return [
            self._encoding(text, part, one) if one else Encoding([], [])
            for text, part, one in zip(texts, shown, encoded, strict=True)
        ]

    def ids_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids alone, faster."""
        ids: list[list[int]] = []
        for first in range(0, len(texts), TOGETHER):
            part = texts[first : first + TOGETHER]
            _, encoded = _checked(self._backend.encode_batch_fast, part, first)
            ids += [encoding.ids if encoding else [] for encoding in encoded]
        return ids

    def decode(self, ids: Iterable[int]) -> Decoded:
        """Text of any ids; bytes that are not UTF-8 become U+FFFD."""
        pieces = [self._pieces[i] for i in ids if i >= FIRST_BYTE]
        if not pieces:
            return Decoded("", [])
        raw, spans = _join(pieces)
        text, moved = _collapse(raw)
        tokens = [
            _token(piece, text, moved[start], moved[end])
            for piece, (start, end) in zip(pieces, spans, strict=True)
        ]
        return Decoded(text, tokens)

    def _encoding(self, text: str, shown: str, encoded: tokenizers.Encoding) -> Encoding:
        spans = _closed(shown, encoded.offsets)
        pieces = [self._pieces[i] for i in encoded.ids]
        tokens = [_token(p, shown, *span) for p, span in zip(pieces, spans, strict=True)]
        if shown != text:
            tokens = _moved(tokens, positions(text))
        return Encoding(encoded.ids, tokens)


def _backend(model: models.Model) -> tokenizers.Tokenizer:
    backend = tokenizers.Tokenizer(model)
    backend.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Replace(Regex(rf"{SPACE}+"), " "),
            normalizers.Strip(),
            normalizers.Replace(Regex(rf"\A(?=[^{HAN_KANA}])"), " "),
        ]
    )
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(WORD), "isolated")
    return backend


def _checked(
    encode: Callable[[list[str]], list[tokenizers.Encoding]], texts: Sequence[str], first: int = 0
) -> tuple[list[str], list[tokenizers.Encoding | None]]:
    """The visible part of each text, and what the library makes of it: None if nothing shows.

    An error counts the texts from `first`.
    """
    shown = [visible(text) if isinstance(text, str) else text for text in texts]
    filled = [text for text in shown if not isinstance(text, str) or text.strip()]
    try:
        encoded = iter(encode(filled))
        return shown, [next(encoded) if text.strip() else None for text in shown]
    except TypeError:  # the library's answer to a str that UTF-8 cannot hold
        broken = (isinstance(text, str) and SURROGATE.search(text) for text in texts)
        bad = [i for i, surrogate in enumerate(broken, first + 1) if surrogate]
        if not bad:
            raise
        raise DataError(
            f"sentence {bad[0]}: contains half of a surrogate pair, which is not a character. "
            "Decode its bytes with errors='replace'."
        ) from None


def _without_specials(learner: tokenizers.Tokenizer) -> tokenizers.Tokenizer:
    """The same merges, where "<s>" in a user's text is three characters and not BOS."""
    learned = json.loads(learner.to_str())["model"]
    return _backend(_merging(learned["vocab"], learned["merges"]))


def _merging(vocabulary: dict[str, int], merges: list[list[str]]) -> models.BPE:
    pairs = [(left, right) for left, right in merges]
    return models.BPE(vocabulary, pairs, unk_token=SPECIALS[UNK], byte_fallback=True)


def _imported(saved: Any) -> tokenizers.Tokenizer | None:
    """A unigram model; None if it is none.

    Raises:
        ValueError: it is broken.
    """
    if not isinstance(saved, dict) or not isinstance(saved.get("model"), dict):
        return None
    return unigram.read(saved)


def _foreign(saved: Any) -> str:
    """The first part that is not as `save` writes it, "" if all are.

    Raises:
        ValueError: it is no tokenizer at all.
    """
    if not isinstance(saved, dict) or not isinstance(saved.get("model"), dict):
        raise ValueError("not a tokenizer")
    ours = json.loads(_backend(_merging({}, [])).to_str())
    model, learned = saved["model"], ("vocab", "merges")
    for there, here, apart in ((saved, ours, ("model",)), (model, ours["model"], learned)):
        for name in sorted((there.keys() | here.keys()) - {*apart}):
            # Versions of the library differ in what they write of that which is off.
            if (there.get(name) or None) != (here.get(name) or None):
                return name
    if not _is_vocabulary(model.get("vocab")):
        return "vocab"
    return "" if _are_merges(model.get("merges"), model["vocab"]) else "merges"


def _is_vocabulary(vocabulary: Any) -> bool:
    """Pieces by number, without a gap: the special ones, the bytes, and what was learned."""
    if not isinstance(vocabulary, dict) or not all(type(n) is int for n in vocabulary.values()):
        return False
    pieces = sorted(vocabulary, key=lambda piece: vocabulary[piece])
    return (
        [vocabulary[piece] for piece in pieces] == list(range(len(pieces)))
        and pieces[:FIRST_PIECE] == SPECIALS + BYTES
        and all(0 < len(piece) <= 100 * PIECE_CHARACTERS for piece in pieces)  # 0.1.0 had no limit
        and not SURROGATE.search("".join(pieces))
    )


def _are_merges(merges: Any, vocabulary: dict[str, int]) -> bool:
    """Pairs of pieces, each pair once, that are a piece together."""
    if not isinstance(merges, list):
        return False
    try:
        pairs = {(left, right) for left, right in merges}
        known = all(a in vocabulary and b in vocabulary and a + b in vocabulary for a, b in pairs)
    except (TypeError, ValueError):
        return False
    return known and len(pairs) == len(merges)


def _alphabet(lines: Iterable[str], room: int) -> list[str]:
    """The most frequent characters that cover the text, at most `room`."""
    counts = character_counts(lines)
    uncovered = sum(counts.values())
    allowed = (1 - COVERAGE) * uncovered
    alphabet: list[str] = []
    for character, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if uncovered <= allowed or len(alphabet) == room:
            break
        alphabet.append(character)
        uncovered -= count
    return alphabet


def _closed(text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Offsets that also cover what NFC composed away: é from e and an accent is two characters."""
    closed: list[tuple[int, int]] = []
    here, following = len(text), len(text)  # where the token after starts, and the first beyond it
    for start, end in reversed(offsets):
        if start < here:
            here, following = start, here
        if start < end:  # else it is the space put in front
            end += len(text[end:following].rstrip())
        closed.append((start, end))
    return closed[::-1]


def _moved(tokens: list[Token], where: list[int]) -> list[Token]:
    """Tokens with offsets in the whole text; `where` says where its visible characters stand."""
    return [
        Token(text, where[start], where[max(start, end - 1)] + (end > start))
        for text, start, end in tokens
    ]


def _join(pieces: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Pieces → text and each one's span in it; a run of byte tokens is read as UTF-8."""
    text, spans = "", []
    run = bytearray()
    for piece in [*pieces, ""]:
        if byte := _byte(piece):
            run += byte
            continue
        for character, width in _characters(bytes(run)):
            spans += [(len(text), len(text) + 1)] * width
            text += character
        run.clear()
        spans.append((len(text), len(text) + len(piece)))
        text += piece
    return text, spans[:-1]


def _spelled(piece: str) -> str:
    """What a piece puts into a text; of a byte that is no character by itself, nothing."""
    byte = _byte(piece)
    return piece if byte is None else byte.decode("ascii", "ignore")


def _byte(piece: str) -> bytes | None:
    """The byte that a byte token stands for; None: another token."""
    return bytes.fromhex(piece[3:5]) if len(piece) == 6 and piece.startswith("<0x") else None


def _characters(data: bytes) -> list[tuple[str, int]]:
    """(character, bytes it took) of UTF-8 that may be broken: each wrong byte is one U+FFFD."""
    characters: list[tuple[str, int]] = []
    at = 0
    while at < len(data):
        for width in (1, 2, 3, 4):
            try:
                characters.append((data[at : at + width].decode("utf-8"), width))
                break
            except UnicodeDecodeError:
                continue
        else:
            characters.append(("\ufffd", 1))
        at += characters[-1][1]
    return characters


def _collapse(raw: str) -> tuple[str, list[int]]:
    """White space collapsed and stripped, and where each boundary of `raw` went."""
    text = ""
    moved = []
    for character in raw:
        moved.append(len(text))
        if not character.isspace():
            text += character
        elif text and not text.endswith(" "):
            text += " "
    text = text.removesuffix(" ")
    return text, [min(at, len(text)) for at in [*moved, len(text)]]


def _token(piece: str, text: str, start: int, end: int) -> Token:
    """The piece as shown, its span without the space around it."""
    surface = text[start:end]
    start += len(surface) - len(surface.lstrip())
    if not piece.strip():  # a unigram model gives the space put in front the place of a letter
        return Token(LONE_SPACE, start, start)
    return Token(piece.strip(), start, start + len(surface.strip()))
