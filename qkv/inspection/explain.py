"""The worked example as a page to read or to project: names, formulas and numbers, step by step."""

from __future__ import annotations

from collections.abc import Iterable

from qkv.errors import ConfigError
from qkv.inspection._explain_layout import (
    WIDTH,
    aligned,
    flow,
    number,
    padded,
    ruled,
    subscript,
    table,
    terms,
)
from qkv.inspection._explain_texts import PAGES, Page
from qkv.inspection._worked import (
    KEYS,
    QUERY,
    Decoder,
    Exponentials,
    Gate,
    Vector,
    Worked,
    worked_example,
)

__all__ = ["Decoder", "Exponentials", "Gate", "Worked", "explain_text", "worked_example"]

_PARTS = ("W c₁", "W y₀", "U s₀", "b", "z")  # columns of the pre-activations
_BAR = 20  # columns for a weight of 1


def explain_text(worked: Worked, lang: str = "en") -> str:
    """The page for `worked` in English ("en") or Chinese ("zh"), at most 88 columns wide.

    Raises:
        ConfigError: another language.
    """
    if lang not in PAGES:
        raise ConfigError(f"lang must be {' or '.join(PAGES)}; got {lang!r}.")
    page = PAGES[lang]
    text = page.attention.format(**_attention_blocks(worked, page))
    if worked.decoder is None:
        sizes = {"query_width": len(worked.query), "value_width": len(worked.context)}
        text += "\n" + page.left_out.format(**sizes)
    else:
        text += "\n" + page.decoder.format(**_decoder_blocks(worked, worked.decoder, page))
    return _lines(ruled(line).rstrip() for line in text.splitlines())


def _attention_blocks(worked: Worked, page: Page) -> dict[str, str]:
    shift = worked.exponentials.shift
    shared = worked.values == worked.keys
    return {
        "source": _source(worked, page),
        "over": " / √d" if worked.scaled else "",
        "given": _given(worked),
        "similarity": _similarity(worked),
        "shifted": page.shifted.format(m=number(shift)) if shift else "",
        "weights": _weights(worked),
        "context": _context(worked),
        "value": "hᵢ" if shared else "vᵢ",
        "value_state": page.hidden_state if shared else page.no_state,
    }


def _source(worked: Worked, page: Page) -> str:
    shared = worked.values == worked.keys
    if shared and (worked.query, worked.keys) == (QUERY, KEYS):
        source = page.example
    else:
        source = page.own.format(n=len(worked.keys), d=len(worked.query))
    lines = [source, page.scaled if worked.scaled else page.unscaled]
    lines += [page.own_values] * (not shared) + [page.rounded] + [page.vanished] * _vanished(worked)
    return _lines(lines)


def _vanished(worked: Worked) -> bool:
    """Is an exp or a gate 0, which in truth is only tiny?"""
    gates = worked.decoder.gates if worked.decoder else ()
    return 0 in worked.exponentials.each or any(0 in g.value for g in gates if g.name != "g")


def _given(worked: Worked) -> str:
    vectors = {"s₀ = q": worked.query}
    for i, (key, value) in enumerate(zip(worked.keys, worked.values, strict=True), start=1):
        h, k, v = (subscript(letter, i) for letter in "hkv")
        if worked.values == worked.keys:
            vectors[f"{h} = {k} = {v}"] = key
        else:
            vectors |= {f"{h} = {k}": key, v: value}
    names, rows = padded(vectors), aligned(*vectors.values())
    return _lines(
        flow(f"  {name} = [", [*(f"{x}," for x in row[:-1]), f"{row[-1]}]"]).replace("[ ", "[", 1)
        for name, row in zip(names, rows, strict=True)
    )


def _similarity(worked: Worked) -> str:
    names = _names("e", worked)
    if not worked.scaled:
        return _dot_products(names, worked)
    d = len(worked.query)
    dots = [f"q · {key}" for key in _names("k", worked)]
    (products,), (scores,) = aligned(worked.products), aligned(worked.scores)
    divided = _lines(
        f"  {name} = {dot} / √{d} = {product} / {number(d**0.5)} = {score}"
        for name, dot, product, score in zip(names, dots, products, scores, strict=True)
    )
    return f"{_dot_products(dots, worked)}\n\n{divided}"


def _dot_products(names: list[str], worked: Worked) -> str:
    (query,), keys = aligned(worked.query), aligned(*worked.keys)
    (products,) = aligned(worked.products)
    return _lines(
        flow(f"  {name} =", [*terms(query, key), f"= {product}"])
        for name, key, product in zip(names, keys, products, strict=True)
    )


def _weights(worked: Worked) -> str:
    names = _names("e", worked)
    if worked.exponentials.shift:
        names = [f"{name} - m" for name in names]
    exponentials = _exponentials(names, worked.scores, worked.exponentials)
    return exponentials + "\n\n" + _shares(_names("α", worked), worked.exponentials, worked.weights)


def _exponentials(names: list[str], scores: Vector, exponentials: Exponentials) -> str:
    """exp of each score, and their sum below."""
    (powers,) = aligned(score - exponentials.shift for score in scores)
    (results,) = aligned([*exponentials.each, exponentials.total])
    names = padded(f"exp({name.strip()})" for name in names)
    heads = [f"{name} = exp({power})" for name, power in zip(names, powers, strict=True)]
    heads = padded([*heads, "Σ exp"])
    return _lines(f"  {head} = {x}" for head, x in zip(heads, results, strict=True))


def _shares(names: list[str], exponentials: Exponentials, shares: Vector) -> str:
    """Each exponential over their sum, with a bar as long as the share."""
    ((*each, total),), (texts,) = aligned([*exponentials.each, exponentials.total]), aligned(shares)
    return _lines(
        f"  {name} = {x} / {total.strip()} = {text}  {'█' * round(_BAR * share)}".rstrip()
        for name, x, text, share in zip(names, each, texts, shares, strict=True)
    )


def _context(worked: Worked) -> str:
    (weights,), values = aligned(worked.weights), aligned(*worked.values)
    (context,) = aligned(worked.context)
    names = padded(f"c₁[{j}]" for j, _ in enumerate(context, start=1))
    columns = zip(*values, strict=True)
    return _lines(
        flow(f"  {name} =", [*terms(weights, column), f"= {x}"])
        for name, column, x in zip(names, columns, context, strict=True)
    )


def _decoder_blocks(worked: Worked, decoder: Decoder, page: Page) -> dict[str, str]:
    units = {f"{gate.name}[{u + 1}]": gate.weights[u] for gate in decoder.gates for u in (0, 1)}
    words = dict(zip(decoder.vocabulary, decoder.output_weights, strict=True))
    return {
        "sos": str(list(decoder.previous_token)),
        "cell_before": str(list(decoder.previous_cell)),
        "lstm": table({"W (c₁)": 2, "W (y₀)": 2, "U (s₀)": 2, "b": 1}, units),
        "preactivations": _preactivations(worked, decoder),
        "gates": _gates(decoder),
        "cell": _cell(decoder),
        "state": _state(decoder),
        "output": table({"Wₒ": 2, "bₒ": 1}, words),
        "logits": _logits(decoder),
        "probabilities": _probabilities(decoder),
        "token": decoder.token,
        "next": (page.ends if decoder.token == "EOS" else page.goes_on).format(token=decoder.token),
    }


def _preactivations(worked: Worked, decoder: Decoder) -> str:
    """z of both units of each gate; products with c₁ are spelled out, W y₀ and U s₀ summed up."""
    units = [(gate, u) for gate in decoder.gates for u in (0, 1)]
    (context,) = aligned(worked.context)
    sums = aligned(*([gate.parts[1][u], gate.parts[2][u]] for gate, u in units))
    (results,) = aligned(gate.preactivation[u] for gate, u in units)
    rows = []
    for (gate, u), (token, state), z in zip(units, sums, results, strict=True):
        *weights, bias = (f"{weight:4.1f}" for weight in gate.weights[u])
        rows.append([" ".join(terms(weights[:2], context)), token, state, bias, z])
    lines = [
        flow(f"  {gate.name}[{u + 1}]  ", [c, f"+ {y}", f"+ {s}", f"+ {b}", f"= {z}"])
        for (gate, u), (c, y, s, b, z) in zip(units, rows, strict=True)
    ]
    heads = "   ".join(head.center(len(cell)) for head, cell in zip(_PARTS, rows[0], strict=True))
    one_line_each = len(heads) + 9 <= WIDTH  # else the columns are broken up
    return _lines([" " * 9 + heads, *lines] if one_line_each else lines)


def _gates(decoder: Decoder) -> str:
    lines = []
    for gate in decoder.gates:
        function = "tanh" if gate.name == "g" else "σ"
        (z,), (value,) = aligned(gate.preactivation), aligned(gate.value)
        units = [f"{gate.name}[{u + 1}] = {function}({z[u]}) = {value[u]}" for u in (0, 1)]
        lines.append(f"  {units[0]:44}{units[1]}")
    return _lines(lines)


def _cell(decoder: Decoder) -> str:
    i, f, g, _ = aligned(*(gate.value for gate in decoder.gates))
    before, cell = aligned(decoder.previous_cell, decoder.cell)
    return _lines(
        flow(f"  cell₁[{u + 1}] =", [*terms((f[u], i[u]), (before[u], g[u])), f"= {cell[u]}"])
        for u in (0, 1)
    )


def _state(decoder: Decoder) -> str:
    output = decoder.gates[-1].value
    o, cell, squashed, state = aligned(output, decoder.cell, decoder.cell_tanh, decoder.state)
    return _lines(
        flow(
            f"  s₁[{u + 1}] =",
            [f"{o[u]} × tanh({cell[u]})", f"= {o[u]} × {squashed[u]}", f"= {state[u]}"],
        )
        for u in (0, 1)
    )


def _logits(decoder: Decoder) -> str:
    state, logits = aligned(decoder.state, decoder.logits)
    lines = []
    for name, weights, logit in zip(
        _labelled("u", decoder), decoder.output_weights, logits, strict=True
    ):
        *rows, bias = (f"{weight:4.1f}" for weight in weights)
        lines.append(f"  {name} = {' '.join(terms(rows, state))} + {bias} = {logit}")
    return _lines(lines)


def _probabilities(decoder: Decoder) -> str:
    names = [f"u[{word}]" for word in decoder.vocabulary]
    exponentials = _exponentials(names, decoder.logits, decoder.exponentials)
    shares = _shares(_labelled("ŷ₁", decoder), decoder.exponentials, decoder.probabilities)
    return f"{exponentials}\n\n{shares}"


def _names(letter: str, worked: Worked) -> list[str]:
    """A name with its index for each position: e₁, e₂, ..."""
    return padded(subscript(letter, i) for i, _ in enumerate(worked.keys, start=1))


def _labelled(letter: str, decoder: Decoder) -> list[str]:
    return padded(f"{letter}[{word}]" for word in decoder.vocabulary)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
