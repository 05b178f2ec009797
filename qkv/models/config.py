"""What a model is made of. Config stops at `build`: the parts take plain arguments."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qkv.errors import ConfigError

__all__ = ["ADDED", "ModelConfig"]

CHOICES = {
    "attention": ("none", "dot", "general", "additive"),
    "order": ("luong", "places", "article"),
    "cell": ("lstm", "gru"),
    "select": ("soft", "hard"),
}
SIZES = {  # and the most of each: beyond, a slip of the finger is more likely than a wish
    **dict.fromkeys(("width", "embedding", "feedforward", "encoder_width"), 65_536),
    **dict.fromkeys(("encoder_layers", "decoder_layers"), 256),
    "heads": 1024,
    "picture": 4096,
}
# Settings that folders written by qkv 0.1.0 lack; their defaults are what those models are.
ADDED = (
    "select",
    "soft_share",
    "gate",
    "norm",
    "vision",
    "picture",
    "caption_length",
    "grid",
    "region_width",
    "vision_fingerprint",
)


@dataclass(frozen=True)
class ModelConfig:
    """Every setting of a model; `config.json` holds exactly these.

    Attributes:
        architecture: "transformer" or "rnn"; `build.ARCHITECTURES` has them.
        source_vocabulary, target_vocabulary: tokens, filled in from the tokenizers.
        joint: source and target share one tokenizer, and with it the embeddings.
        tied: the output weights are the target embeddings (needs embedding = width).
        width: M, of the decoder's state or of the Transformer's stream.
        embedding: width of word vectors; the Transformer's is `width`.
        encoder_layers, decoder_layers: how many.
        dropout: probability on embeddings and between layers, 0 ≤ p < 1.
        heads, feedforward: of the Transformer.
        attention: score of the recurrent decoder; "none": the fixed vector, a Memory of length one.
        order: "luong": cell, then attend; "places": the same, and the cell reads where it looked
            last (of pictures); "article": attend from s₍t₋₁₎, then cell.
        cell: "lstm" or "gru".
        bidirectional: read the source in both directions, `encoder_width` / 2 each.
        encoder_width: width of the recurrent encoder's states h_i, or of a picture's regions.
        select: "soft": all h_i, weighted; "hard": one of them, trained with REINFORCE.
        soft_share: of hard attention in training, the share of sources that are attended to softly.
        gate: scale the context by β_t (Xu et al. 2015).
        norm: normalise what the recurrent decoder's output weights read.
        vision: what sees a picture, see `qkv.models.vision`; "": the source is text.
        picture: side that pictures are squeezed to, pixels.
        caption_length: tokens that a caption has at most, its end counted, unless more are asked
            for; filled in with those of the longest caption trained on.
        grid, region_width, vision_fingerprint: regions a side, their width and what made them,
            filled in from the vision encoder.
    """

    architecture: str = "transformer"
    source_vocabulary: int = 0
    target_vocabulary: int = 0
    joint: bool = True
    tied: bool = True
    width: int = 128
    embedding: int = 128
    encoder_layers: int = 4
    decoder_layers: int = 4
    dropout: float = 0.3
    heads: int = 4
    feedforward: int = 256
    attention: str = "general"
    order: str = "luong"
    cell: str = "lstm"
    bidirectional: bool = True
    encoder_width: int = 128
    select: str = "soft"
    soft_share: float = 0.5
    gate: bool = False
    norm: bool = False
    vision: str = ""
    picture: int = 224
    caption_length: int = 50
    grid: int = 0
    region_width: int = 0
    vision_fingerprint: str = ""

    def __post_init__(self) -> None:
        self._check_types()
        self._check_ranges()
        self._check_fit()

    def _check_types(self) -> None:
        for field in fields(self):
            kind, value = type(field.default), getattr(self, field.name)
            number = kind is float and type(value) is int
            if type(value) is not kind and not number:
                raise ConfigError(f"{field.name} must be of type {kind.__name__}; got {value!r}.")

    def _check_ranges(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ConfigError(
                    f"{name} must be one of {', '.join(choices)}; got {getattr(self, name)!r}."
                )
        for name, most in SIZES.items():
            if not 1 <= getattr(self, name) <= most:
                raise ConfigError(
                    f"{name} must lie between 1 and {most:,}; got {getattr(self, name)}."
                )
        if not 0.0 <= self.soft_share <= 1.0:
            raise ConfigError(f"soft_share must lie in [0, 1]; got {self.soft_share}.")
        if not 0.0 <= self.dropout < 1.0:
            raise ConfigError(f"dropout must lie in [0, 1); got {self.dropout}.")

    def _check_fit(self) -> None:
        """Settings that must agree with each other."""
        if self.joint and self.source_vocabulary != self.target_vocabulary:
            raise ConfigError(
                "joint=true needs source_vocabulary = target_vocabulary; got "
                f"{self.source_vocabulary} and {self.target_vocabulary}. Set joint=false."
            )
        if self.architecture == "transformer" and self.width % (2 * self.heads):
            raise ConfigError(
                "width must be a multiple of 2 · heads; got "
                f"width={self.width}, heads={self.heads}."
            )
        if self.architecture == "transformer" and self.embedding != self.width:
            raise ConfigError(
                f"a Transformer's embedding is its width; got embedding={self.embedding}, "
                f"width={self.width}."
            )
        if self.tied and self.embedding != self.width:
            raise ConfigError(
                f"tied=true needs embedding = width; got {self.embedding} and {self.width}. "
                "Set tied=false or make them equal."
            )
        if self.architecture == "rnn":
            self._check_recurrent()

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
