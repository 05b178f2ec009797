"""What a model is made of. Config stops at `build`: the parts take plain arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qkv.errors import ConfigError
from qkv.settings import Range, check, declared, setting

__all__ = ["ADDED", "ModelConfig", "attention_heads", "is_own", "language_pair"]

SCORES = ("none", "dot", "general", "additive")

# Beyond these, a slip of the finger is more likely than a wish.
WIDTHS, LAYERS = Range(1, 65_536), Range(1, 256)


@dataclass(frozen=True)
class ModelConfig:
    """Every setting of a model; `config.json` holds exactly these.

    Raises:
        ConfigError: a value that its setting does not allow, or settings that do not fit together.
    """

    architecture: str = setting(
        "transformer", "which of the two; for text, by default, the one that suits its size"
    )
    width: int = setting(
        128,
        "M, of the Transformer's stream or of the recurrent decoder's state; when it is set, "
        "`embedding` and `encoder_width` follow it unless they are set too",
        WIDTHS,
    )
    embedding: int = setting(
        128, "width of the word vectors; in a Transformer it must be `width`", WIDTHS
    )
    encoder_layers: int = setting(4, "how many", LAYERS)
    decoder_layers: int = setting(4, "how many", LAYERS)
    dropout: float = setting(
        0.3,
        "probability, 0 ≤ p < 1, on word vectors and on what the layers hand on; never on "
        "attention weights",
        Range(0.0, 1.0, below_most=True),
    )
    tied: bool = setting(
        True, "the output weights are the target's word vectors; needs `embedding` = `width`"
    )
    heads: int = setting(
        4, "H; `width` must be a multiple of 2 · H", Range(1, 1024), architecture="transformer"
    )
    feedforward: int = setting(
        256, "hidden width of the position-wise network", WIDTHS, architecture="transformer"
    )
    activation: str = setting(
        "relu",
        "of the position-wise network: `relu`, `swish` or `gelu`",
        ("relu", "swish", "gelu"),
        added=True,
        architecture="transformer",
    )
    normalize: str = setting(
        "before",
        "`before` each sublayer, or `after` it, which needs a long warm-up",
        ("before", "after"),
        added=True,
        architecture="transformer",
    )
    attention: str = setting(
        "general",
        "the score: `dot`, `general`, `additive`, or [one of your own](own-scores.md) as "
        "`package.module:name`; or `none`: one fixed vector",
        architecture="rnn",
    )
    order: str = setting(
        "luong",
        "`luong`: cell, then attend; `places`: the same, and the cell reads where in the picture "
        "it looked last; `article`: attend from the state before, then cell",
        ("luong", "places", "article"),
        architecture="rnn",
    )
    cell: str = setting("lstm", "`lstm` or `gru`", ("lstm", "gru"), architecture="rnn")
    bidirectional: bool = setting(
        True,
        "read the source in both directions, each with half of `encoder_width`",
        architecture="rnn",
        source="text",
    )
    encoder_width: int = setting(
        128,
        "width of the encoder's states h₁ … hₙ, or of a picture's regions; `attention=dot` needs "
        "it to be `width`",
        WIDTHS,
        architecture="rnn",
    )
    select: str = setting(
        "soft",
        "`soft`: all hᵢ, weighted; `hard`: one of them, drawn while training (REINFORCE), the "
        "likeliest later",
        ("soft", "hard"),
        added=True,
        architecture="rnn",
    )
    soft_share: float = setting(
        0.5,
        "of hard attention, while training: the share of sources (of words, unless `order=luong`) "
        "that are attended to softly, so that the scores learn from the context too",
        Range(0.0, 1.0),
        added=True,
        architecture="rnn",
        select="hard",
    )
    gate: bool = setting(
        False,
        "scale the context by βₜ, between 0 and 1, predicted from the query",
        added=True,
        architecture="rnn",
    )
    norm: bool = setting(
        False,
        "layer normalisation of what the output weights read, in place of Luong's tanh",
        added=True,
        architecture="rnn",
    )
    vision: str = setting(
        "",
        "what sees a picture, see [captions](captions.md); with pictures `efficientnet-lite0` "
        "where the extra `images` is installed, else `pixels`",
        added=True,
        source="pictures",
    )
    picture: int = setting(
        224,
        "side that pictures are squeezed to, pixels; with `vision=pixels` it is 96",
        Range(1, 4096),
        added=True,
        source="pictures",
    )
    languages: str | None = setting(
        None,
        "of source and target, as in `zh-en`, by which `qkv serve` and the model card know them; "
        "`auto`: what the data is written in, if that can be told",
        added=True,
        source="text",
    )
    joint: bool = setting(
        True,
        "source and target share one tokenizer, and with it the word vectors",
        filled_in=True,
    )
    source_vocabulary: int = setting(0, "tokens of the source's tokenizer", filled_in=True)
    target_vocabulary: int = setting(0, "tokens of the target's tokenizer", filled_in=True)
    source_length: int = setting(
        0,
        "tokens of the longest source trained on, its end not counted; 0: unknown",
        filled_in=True,
        added=True,
        source="text",
    )
    source_sentences: int = setting(
        1,
        "sentences that a text may have to be translated as one; longer ones are translated "
        "sentence by sentence. One in a hundred of the sources trained on has so many",
        filled_in=True,
        added=True,
        source="text",
    )
    caption_length: int = setting(
        50,
        "tokens that a caption has at most, its end counted, unless another number is given: "
        "those of the longest caption trained on",
        filled_in=True,
        added=True,
    )
    grid: int = setting(0, "regions a side", filled_in=True, added=True)
    region_width: int = setting(
        0, "numbers that the vision encoder gives for a region", filled_in=True, added=True
    )
    vision_fingerprint: str = setting(
        "", "of the vision encoder's weights", filled_in=True, added=True
    )
    score_sha256: str = setting(
        "", "of the source of a score of your own", filled_in=True, added=True
    )

    def __post_init__(self) -> None:
        check(self)
        if self.attention not in SCORES and not is_own(self.attention):
            raise ConfigError(
                f"attention must be one of {', '.join(SCORES)}, or a score of your own as "
                f"package.module:name; got {self.attention!r}."
            )
        if self.languages is not None:
            language_pair(self.languages)
        if self.joint and self.source_vocabulary != self.target_vocabulary:
            raise ConfigError(
                "joint=true needs source_vocabulary = target_vocabulary; got "
                f"{self.source_vocabulary} and {self.target_vocabulary}. Set joint=false."
            )
        if self.architecture == "transformer":
            self._check_transformer()
        if self.tied and self.embedding != self.width:
            raise ConfigError(
                f"tied=true needs embedding = width; got {self.embedding} and {self.width}. "
                "Set tied=false or make them equal."
            )
        if self.architecture == "rnn":
            self._check_recurrent()

    def _check_transformer(self) -> None:
        if self.width % (2 * self.heads):
            raise ConfigError(
                "width must be a multiple of 2 · heads; got "
                f"width={self.width}, heads={self.heads}."
            )
        if self.embedding != self.width:
            raise ConfigError(
                f"a Transformer's embedding is its width; got embedding={self.embedding}, "
                f"width={self.width}."
            )

    def _check_recurrent(self) -> None:
        if self.select == "hard" and self.attention == "none":
            raise ConfigError("select=hard needs something to choose from; set attention=general.")
        if self.bidirectional and not self.vision and self.encoder_width % 2:
            raise ConfigError(
                f"encoder_width must be even with bidirectional=true; got {self.encoder_width}."
            )
        if self.order == "places" and not self.vision:
            raise ConfigError("order=places needs pictures; set order=luong.")
        if self.attention == "dot" and self.encoder_width != self.width:
            raise ConfigError(
                f"attention=dot needs encoder_width = width; got {self.encoder_width} and "
                f"{self.width}. Make them equal or use attention=general."
            )


def language_pair(languages: str) -> tuple[str, str]:
    """Source and target of languages such as zh-en.

    Raises:
        ConfigError: they are no pair of ISO 639 codes.
    """
    if not re.fullmatch("[a-z]{2,3}-[a-z]{2,3}", languages):
        raise ConfigError(
            f"languages must be two codes of ISO 639, source and target, as in zh-en; got "
            f"{languages!r}."
        )
    source, _, target = languages.partition("-")
    return source, target


def attention_heads(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """How many heads each layer has, the first layer first: of cross, encoder and decoder.

    Empty: cross of a model that reads the source as one vector, the others of a recurrent model.
    """
    if config.architecture == "rnn":
        return {"cross": () if config.attention == "none" else (1,), "encoder": (), "decoder": ()}
    heads, layers = (config.heads,), config.decoder_layers
    return {
        "cross": heads * layers,
        "encoder": heads * config.encoder_layers,
        "decoder": heads * layers,
    }


def is_own(attention: str) -> bool:
    """Is it the name of a score that somebody wrote, and none of those built in?"""
    return ":" in attention


ADDED = tuple(name for name, each in declared(ModelConfig).items() if each.added)
