"""A number of a trained model as a page to read or to project: at most 88 columns wide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from qkv.inspection._explain_layout import ruled, subscript
from qkv.inspection._grid import legible
from qkv.inspection.explaining.explained import Explained
from qkv.inspection.explaining.layout import Row, adding_up, bar, folded, label, plain, table
from qkv.inspection.explaining.look import Heads, Key, Look, OtherKeys
from qkv.inspection.explaining.prediction import Prediction
from qkv.inspection.explaining.texts import spoken

__all__ = ["explained_text"]

Say = Callable[..., str]

_BEFORE = 40  # columns for what has been said
_HANGING = 12  # columns before a formula
_NAME = 26  # columns of a name in Seq2Seq's terms


def explained_text(explained: Explained, lang: str = "en") -> str:
    """The page in English ("en") or Chinese ("zh"), at most 88 columns wide.

    Raises:
        ConfigError: another language.
    """
    say, look = spoken(lang), explained.look
    parts = [say("title"), _about(explained, say)]
    if look is None:
        parts.append(f"── {say('no attention')}\n\n{say('one vector')}")
    else:
        parts += [_names(explained, look, say)]
        parts += [_heads(explained, explained.heads, say)] if explained.heads else []
        parts += [_similarity(explained, look, say)] if look.keys else []
        parts += [_weights(explained, look, say)]
        parts += [_context(explained, look, say)] if look.keys else []
    parts.append(_onward(explained, say))
    if explained.prediction:
        parts.append(_prediction(explained, explained.prediction, say))
    lines = (ruled(line) for part in parts for line in [*part.splitlines(), ""])
    shown = (each for line in lines for each in folded(line, _HANGING if line[:1] == " " else 0))
    return "\n".join(shown).rstrip("\n")


def _about(explained: Explained, say: Say) -> str:
    return "\n".join(
        [
            _query(explained, say),
            *([_looked(explained, explained.look, say)] if explained.look else []),
            _model(explained, say),
            *([say("regions", grid=explained.grid)] if explained.grid else []),
            say("exact"),
        ]
    )


def _query(explained: Explained, say: Say) -> str:
    place = {"step": explained.step, "steps": explained.steps, "token": label(explained.token)}
    if explained.kind == "encoder":
        return say("region" if explained.grid else "position", **place)
    if not explained.before:
        return say("first", **place)
    before = " ".join(map(legible, explained.before))
    if cell_len(before) > _BEFORE:
        before = "…" + _end(before, _BEFORE - 1)
    return say("said", before=before, **place)


def _end(text: str, columns: int) -> str:
    """The last characters, in at most so many columns."""
    while cell_len(text) > columns:
        text = text[1:]
    return text


def _looked(explained: Explained, look: Look, say: Say) -> str:
    regions = " of regions" if explained.grid else ""
    keys = len(look.keys) + (look.others.count if look.others else 0) + look.hidden
    return say(explained.kind + regions, n=keys)


def _model(explained: Explained, say: Say) -> str:
    if explained.architecture == "rnn":
        return say("rnn", order=say(explained.order))
    if explained.layer is None:
        return ""
    last = explained.layers - 1, explained.head_count - 1
    return say(
        "transformer",
        layer=explained.layer,
        last_layer=last[0],
        head=explained.head,
        last_head=last[1],
    )


# Two names for one thing


def _names(explained: Explained, look: Look, say: Say) -> str:
    state = explained.kind == "cross"
    hidden = say("region state" if explained.grid else "hidden state") if state else say("none")
    seq2seq = [_state(explained, say) if state else say("none"), hidden, hidden]
    seq2seq.append(say("attention weight") if state else say("none"))
    qkv = [say(name) for name in ("query", "key", "value", "weight")]
    rows = zip(seq2seq, qkv, _meanings(explained, look, say), strict=True)
    lines = [_columns("Seq2Seq", "QKV", say("here")), *(_columns(*row) for row in rows)]
    more = [] if state else ["", say("no recurrence")]
    return "\n".join([f"── {say('names')}", "", *lines, *more])


def _columns(seq2seq: str, qkv: str, here: str) -> str:
    return f"  {set_cell_size(seq2seq, _NAME)}  {set_cell_size(qkv, 12)}  {here}"


def _meanings(explained: Explained, look: Look, say: Say) -> list[str]:
    """What query, key, value and weight are in this model."""
    if explained.architecture == "transformer":
        kind = "cross" if explained.kind == "cross" else "self"
        return [say(f"is {name} {kind}") for name in ("query", "key", "value")] + [say("is weight")]
    s, key = _s(explained), "hᵢ" if look.shared else say("apart key")
    query = {"general": f"Wᵀ {s}", "additive": f"W {s}"}.get(look.score, s)
    key = f"U {key}" if look.score == "additive" and look.shared else key
    return [query, key, "hᵢ" if look.shared else say("apart value"), say("is weight")]


def _s(explained: Explained) -> str:
    """The decoder's state that asks."""
    return subscript("s", explained.step - (explained.order == "article"))


def _state(explained: Explained, say: Say) -> str:
    name = "previous state" if explained.order == "article" else "state"
    return say(name, s=_s(explained))


# Which head


def _heads(explained: Explained, heads: Heads, say: Say) -> str:
    why = say("named" if explained.head_named else "chosen")
    token, count = label(heads.token), explained.head_count
    about = say(
        "of heads",
        layer=explained.layer,
        count=count,
        token=token,
        head=explained.head,
        why=why,
    )
    others = [heads.other_weight] * bool(heads.others)
    parts = [head.weight for head in heads.heads]
    *weights, total = adding_up(parts, others, heads.mean * count)
    rows: list[Row] = [
        (str(head.number), [label(head.token), plain(head.strongest), weight])
        for head, weight in zip(heads.heads, weights, strict=False)
    ]
    if heads.others:
        rows.append((say("other heads", n=heads.others), ["", "", weights[-1]]))
    rows.append((say("sum"), ["", "", total]))
    rows.append((say("mean", count=count), ["", "", plain(heads.mean)]))
    columns = [say("looks at"), say("strongest"), say("on", token=token)]
    return "\n".join([f"── {say('heads')}", "", about, "", table(say("head"), columns, rows)])


# 1


def _similarity(explained: Explained, look: Look, say: Say) -> str:
    seq2seq, qkv = _score_formulas(explained, look)
    lines = [f"── {say('similarity')}", ""]
    if explained.kind == "cross":
        lines.append(_terms("Seq2Seq", say("similarity of", s=_s(explained)), seq2seq))
    else:
        lines.append(_terms("Seq2Seq", say("no such step"), ""))
    lines += [_terms("QKV", say("score of"), qkv), ""]
    if not look.dimensions:
        return "\n".join([*lines, say("own score", name=look.score)])
    shown = "dimensions" if look.other_dimensions else "all dimensions"
    lines += [say(shown, d=look.width), "", _compared(look, say), "", _products(look, say)]
    return "\n".join(lines)


def _terms(names: str, what: str, formula: str) -> str:
    return f"  {names:<8}  {set_cell_size(what, 28)}  {formula}".rstrip()


def _score_formulas(explained: Explained, look: Look) -> tuple[str, str]:
    """In Seq2Seq's and in QKV's terms."""
    s = _s(explained)
    return {
        "dot": (f"eᵢ = {s}ᵀ hᵢ", "eᵢ = q · kᵢ"),
        "general": (f"eᵢ = {s}ᵀ W hᵢ", "eᵢ = q · kᵢ"),
        "additive": (f"eᵢ = vᵀ tanh(W {s} + U hᵢ)", "eᵢ = vᵀ tanh(q + kᵢ)"),
        "scaled dot": (f"eᵢ = (W_Q {s})ᵀ (W_K hᵢ) / √{look.width}", f"eᵢ = q · kᵢ / √{look.width}"),
    }.get(look.score, (f"eᵢ = score({s}, hᵢ)", "eᵢ = score(q, kᵢ)"))


def _compared(look: Look, say: Say) -> str:
    """The numbers of query and keys whose products are shown."""
    places = [d - 1 for d in look.dimensions]
    rows: list[Row] = [("v", [plain(x) for x in look.energy])] if look.energy else []
    rows.append(("q", [plain(look.query[d]) for d in places]))
    rows += [(_named(key), [plain(x) for x in key.numbers]) for key in look.keys]
    return table(say("number"), [str(d) for d in look.dimensions], rows)


def _products(look: Look, say: Say) -> str:
    rows = []
    for key in look.keys:
        rest = [key.rest] * bool(look.other_dimensions)
        rows.append((_named(key), adding_up(key.products, rest, key.product)))
    heads = [str(d) for d in look.dimensions]
    heads += [say("other numbers", n=look.other_dimensions)] * bool(look.other_dimensions)
    if look.score == "additive":
        return table("v × tanh(q + kᵢ)", [*heads, say("sum")], rows)
    return table("q × kᵢ", [*heads, f"{say('sum')} q · kᵢ"], rows)


def _named(key: Key) -> str:
    return f"{subscript('k', key.number)} {label(key.token)}"


# 2


def _weights(explained: Explained, look: Look, say: Say) -> str:
    lines = [f"── {say('weights')}", ""]
    seq2seq = "αᵢ = exp(eᵢ) / Σₖ exp(eₖ)" if explained.kind == "cross" else ""
    name = "attention weights" if seq2seq else "no such step"
    lines += [
        _terms("Seq2Seq", say(name), seq2seq),
        _terms("QKV", say("weights of"), "α = softmax(e)"),
    ]
    lines += ["", _seen(explained, look, say)]
    if not look.keys:
        return "\n".join(lines)
    lines += [say("shift", m=plain(look.shift)), "", _softmax(look, say)]
    lines += ["", say("hard")] if look.hard else []
    lines += ["", say("pinned")] if look.pinned else []
    return "\n".join(lines)


def _seen(explained: Explained, look: Look, say: Say) -> str:
    if not look.keys:
        return say("nothing")
    if not look.hidden:
        return say("all seen")
    later = explained.kind == "decoder" and look.hidden == explained.steps - explained.step
    return say("later" if later else "masked", n=look.hidden)


def _softmax(look: Look, say: Say) -> str:
    """From products to weights, a row a key."""
    others, keys = look.others, look.keys
    exps = adding_up([key.exp for key in keys], [o.exp for o in _some(others)], look.total)
    columns: list[tuple[str, list[str]]] = []
    if look.scale != 1 or any(key.bias for key in keys):
        columns.append(("q · kᵢ", [plain(key.product) for key in keys]))
    if any(key.bias for key in keys):
        columns.append((f"+ {say('bias')}", [plain(key.bias) for key in keys]))
    columns.append(("eᵢ", [plain(key.score) for key in keys]))
    blank = [""] * (1 + len(_some(others)))
    columns = [(head, [*cells, *blank]) for head, cells in columns]
    columns.append(("exp(eᵢ - m)", exps))
    given = look.hard or look.pinned
    if given:
        shares = [key.share for key in keys], [o.share for o in _some(others)]
        columns.append(("softmax", adding_up(*shares, 1.0)))
    columns.append(("αᵢ", _alphas(look)))
    bars = [bar(key.weight) for key in keys]
    columns.append(("", [*bars, *blank]))
    names = [_named(key) for key in keys] + [say("other keys", n=o.count) for o in _some(others)]
    return _transposed("", columns, [*names, say("sum")])


def _alphas(look: Look) -> list[str]:
    """The weights as printed, of all keys and of the others, and their sum."""
    weights, others = [key.weight for key in look.keys], [o.weight for o in _some(look.others)]
    return adding_up(weights, others, sum(weights) + sum(others))


def _some(others: OtherKeys | None) -> list[OtherKeys]:
    return [] if others is None else [others]


def _transposed(corner: str, columns: Sequence[tuple[str, list[str]]], names: Iterable[str]) -> str:
    rows = zip(names, zip(*(cells for _, cells in columns), strict=True), strict=True)
    return table(corner, [head for head, _ in columns], rows)


# 3


def _context(explained: Explained, look: Look, say: Say) -> str:
    t = subscript("c", explained.step)
    lines = [f"── {say('context')}", ""]
    value = "hᵢ" if look.shared else "vᵢ"
    if explained.kind == "cross":
        lines.append(_terms("Seq2Seq", say("context vector"), f"{t} = Σᵢ αᵢ {value}"))
    else:
        lines.append(_terms("Seq2Seq", say("no such step"), ""))
    lines += [_terms("QKV", say("weighted sum"), "c = Σᵢ αᵢ vᵢ"), ""]
    all_of_it = len(look.value_dimensions) == look.value_width
    lines += [say("all brought" if all_of_it else "brought", d=look.value_width), ""]
    columns = [("αᵢ", _alphas(look))]
    for at, d in enumerate(look.value_dimensions):
        parts = [key.brought[at] for key in look.keys], [o.brought[at] for o in _some(look.others)]
        columns.append((f"αᵢ vᵢ[{d}]", adding_up(*parts, look.context[d - 1])))
    names = [_named(key) for key in look.keys]
    names += [say("other keys", n=o.count) for o in _some(look.others)]
    lines.append(_transposed("", columns, [*names, f"{say('sum')} c"]))
    if explained.gate is not None:
        lines += ["", say("gate", s=_s(explained), gate=plain(explained.gate))]
    return "\n".join(lines)


# 4


def _onward(explained: Explained, say: Say) -> str:
    heading = f"── {say('onward encoder' if explained.kind == 'encoder' else 'onward')}"
    body = _cell if explained.architecture == "rnn" else _layers
    return "\n".join([heading, "", *body(explained, say)])


def _cell(explained: Explained, say: Say) -> list[str]:
    """What a recurrent decoder does with the context."""
    t = explained.step
    s, before, after, c = (*(subscript("s", n) for n in (t, t - 1, t + 1)), subscript("c", t))
    c = c if explained.gate is None else f"β {c}"
    if explained.order == "article":
        update = f"{s} = cell({before}, [{c}; {subscript('y', t - 1)}])"
        feature = f"f = LayerNorm({s})" if explained.normed else f"f = {s}"
        lines = [_terms("Seq2Seq", say("next state"), f"{update};  {feature}")]
        then = say("then article", s=s)
    else:
        function = "LayerNorm" if explained.normed else "tanh"
        lines = [_terms("Seq2Seq", say("feature"), f"f = {function}(W_c [{c}; {s}] + b)")]
        then = say("then luong", next=after)
    then = then if t < explained.steps else say("end")
    return [*lines, f"  {'QKV':<8}  {say('outside')}", "", then]


def _layers(explained: Explained, say: Say) -> list[str]:
    """What the layers of a Transformer do with the context."""
    assert explained.look is not None  # nosec: a Transformer attends
    assert explained.layer is not None  # nosec
    count, width = explained.head_count, explained.look.value_width
    many = {"count": count, "d": width, "all": count * width, "last": count - 1}
    lines = [say("output of heads", **many) if count > 1 else say("output of one head")]
    lines.append(say("rest of decoder" if explained.kind == "decoder" else "rest of cross"))
    first, last = explained.layer + 1, explained.layers - 1
    if first <= last:
        lines.append(
            say("layer above" if first == last else "layers above", first=first, last=last)
        )
    lines.append(say("end of encoder" if explained.kind == "encoder" else "end of decoder"))
    return lines


# 5


def _prediction(explained: Explained, prediction: Prediction, say: Say) -> str:
    y = subscript("ŷ", explained.step)
    vocabulary = len(prediction.words) + prediction.others
    token = label(prediction.token)
    said = "taken" if prediction.rank == 1 else "taken later"
    p, log = plain(prediction.probability), plain(prediction.log_probability)
    return "\n".join(
        [
            f"── {say('prediction')}",
            "",
            _terms("Seq2Seq", say("predicts"), f"{y} = softmax(Wₒ f + bₒ)"),
            f"  {'QKV':<8}  {say('over tokens', v=f'{vocabulary:,}')}",
            "",
            say("logit", token=token, m=prediction.width),
            "",
            _logit(prediction, say),
            "",
            say("probabilities", m=plain(prediction.shift)),
            "",
            _rivals(prediction, y, say),
            "",
            say(said, token=token, rank=f"{prediction.rank:,}"),
            say("log", p=p, log=log),
        ]
    )


def _logit(prediction: Prediction, say: Say) -> str:
    """The largest products of the logit of the token that was said, and the rest."""
    terms, rest = prediction.terms, [prediction.rest] * bool(prediction.other_terms)
    parts = [*(term.product for term in terms), prediction.bias]
    products = adding_up(parts, rest, prediction.logit)
    rows: list[Row] = [
        (str(term.number), [plain(term.feature), plain(term.weight), product])
        for term, product in zip(terms, products, strict=False)
    ]
    names = [
        "bₒ",
        *[say("other numbers", n=prediction.other_terms)] * bool(rest),
        f"{say('sum')} u",
    ]
    rows += [(name, ["", "", x]) for name, x in zip(names, products[len(terms) :], strict=True)]
    return table(say("number"), ["f", "Wₒ", "f × Wₒ"], rows)


def _rivals(prediction: Prediction, y: str, say: Say) -> str:
    """The most probable tokens, and all the others together."""
    words, others = prediction.words, prediction.others
    exps = [word.exp for word in words], [prediction.other_exp] * bool(others)
    shares = [word.probability for word in words], [prediction.other_probability] * bool(others)
    blank = [""] * (1 + bool(others))
    columns = [
        ("u", [*(plain(word.logit) for word in words), *blank]),
        ("exp(u - m)", adding_up(*exps, prediction.total)),
        (y, adding_up(*shares, 1.0)),
        ("", [*(bar(word.probability) for word in words), *blank]),
    ]
    names = [label(word.token) for word in words]
    names += [say("other tokens", n=f"{others:,}")] * bool(others)
    return _transposed(say("token"), columns, [*names, say("sum")])
