"""What all routes share: the models, the engine, the limits, and how texts are translated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hmac import compare_digest
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from qkv.data.markup import Markup
from qkv.errors import QkvError
from qkv.pipeline import Captioner, Glossary, Handling, Translator, check_length
from qkv.search import DEFAULT, Search
from qkv.server.engine import Engine
from qkv.server.limits import Limits
from qkv.server.metrics import Metrics
from qkv.server.models import Models, Served
from qkv.server.patience import asking, whole
from qkv.server.refusal import Refused
from qkv.server.work import Captioning, Completing, Source, Translating

__all__ = ["Service", "TheService"]


@dataclass(frozen=True)
class Service:
    """token: what clients must give; None: nothing.

    pipelines: the models', whose searches the engine can end.
    """

    models: Models
    engine: Engine
    limits: Limits
    metrics: Metrics
    token: str | None = None

    @cached_property
    def pipelines(self) -> dict[Served, Translator | Captioner]:
        return {each: asking(each.pipeline, self.engine.check) for each in self.models.served}

    @cached_property
    def whole(self) -> dict[Served, Translator]:
        """The translators, which read a text as one."""
        return {
            each: whole(own) for each, own in self.pipelines.items() if isinstance(own, Translator)
        }

    def translator(
        self, name: str | None, source: str | None, target: str | None, texts: Sequence[str]
    ) -> Served:
        """As `Models.translator`, if the texts are not too many or too long."""
        self.check_size(texts)
        return self.models.translator(name, source, target, texts)

    async def translate(
        self,
        model: Served,
        texts: Sequence[str],
        search: Search = DEFAULT,
        *,
        documents: bool = True,
        protect: bool | None = None,
        alignment: bool = False,
        markup: Markup | None = None,
        glossary: Glossary | None = None,
    ) -> list[dict[str, Any]]:
        """A record of each text, see `Translating`.

        Raises:
            Refused: a text cannot be translated, or see `Engine.compute`.
        """
        translator = cast("Translator", self.pipelines[model])
        _check(texts, translator.handling(protect, documents, markup=markup))
        prefixes = search.prefixes(len(texts))
        work = Translating(
            translator,
            replace(search, prefix=""),
            documents,
            protect,
            alignment,
            markup,
            self.limits.batch_tokens,
            glossary,
        )
        sources = [Source(text, prefix) for text, prefix in zip(texts, prefixes, strict=True)]
        results = await self.engine.compute(work, sources)
        self.metrics.characters.inc(sum(map(len, texts)))
        return results

    async def complete(
        self, model: Served, text: str, typed: str, search: Search, words: int, protect: bool | None
    ) -> dict[str, Any]:
        """A record of how a translation goes on, see `Completing`.

        Raises:
            Refused: the text cannot be translated, or see `Engine.compute`. ConfigError, DataError:
                as `Translator.complete`.
        """
        translator = cast("Translator", self.pipelines[model])
        _check([text], translator.handling(protect))
        work = Completing(translator, search, words, protect)
        [record] = await self.engine.compute(work, [Source(text, typed)])
        return record

    async def caption(self, model: Served, picture: bytes, search: Search) -> list[dict[str, Any]]:
        """A record of the picture, see `Captioning`.

        Raises:
            Refused: see `Engine.compute`. DataError: it is no picture that can be used.
        """
        work = Captioning(cast("Captioner", self.pipelines[model]), search)
        return await self.engine.compute(work, [picture])

    def check_token(self, given: str | None) -> None:
        """Raises Refused where a token is needed, and this is not it."""
        if self.token is None:
            return
        if not given:
            raise Refused(401, "this server asks for a token.")
        if not compare_digest(given.encode(errors="replace"), self.token.encode()):
            raise Refused(403, "the token is not this server's.")

    def check_size(self, texts: Sequence[str]) -> None:
        """Raises Refused for more than one request may have."""
        limits = self.limits
        if len(texts) > limits.texts:
            raise Refused(413, f"{len(texts):,} texts; at most {limits.texts:,} at a time.")
        characters = sum(map(len, texts))
        if characters > limits.characters:
            raise Refused(
                413, f"{characters:,} characters; at most {limits.characters:,} at a time."
            )


def _check(texts: Sequence[str], handling: Handling) -> None:
    for number, text in enumerate(texts, 1):
        if not _encodable(text):
            raise Refused(422, f"text {number} has half of a surrogate pair.")
        try:
            check_length(text, f"text {number}", handling)
        except QkvError as error:
            raise Refused(422, str(error)) from None


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _service(request: Request) -> Service:
    return request.app.state.service


TheService = Annotated[Service, Depends(_service)]
