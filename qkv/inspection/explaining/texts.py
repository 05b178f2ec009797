"""The words of a page about a model's numbers: each in English and in Chinese."""

from __future__ import annotations

from collections.abc import Callable

from qkv.errors import ConfigError

__all__ = ["TEXTS", "spoken"]

LANGUAGES = ("en", "zh")

TEXTS: dict[str, tuple[str, str]] = {
    "title": (
        "ONE STEP OF A TRAINED MODEL, NUMBER BY NUMBER",
        "训练好的模型的一步计算：每个数字是怎么算出来的",
    ),
    "said": (
        "Step t = {step} of {steps}. Said so far: {before}. Said now: “{token}”",
        "第 t = {step} 步，共 {steps} 步。已生成：{before}；本步生成：“{token}”",
    ),
    "first": (
        "Step t = 1 of {steps}. Nothing is said yet. Said now: “{token}”",
        "第 t = 1 步，共 {steps} 步。此前没有生成任何词元；本步生成：“{token}”",
    ),
    "position": (
        "Position t = {step} of {steps} in the source: “{token}”",
        "原文的第 t = {step} 个位置，共 {steps} 个：“{token}”",
    ),
    "region": (
        "Region t = {step} of {steps} in the picture: “{token}”",
        "图片的第 t = {step} 个区域，共 {steps} 个：“{token}”",
    ),
    "cross": (
        "Cross-attention: from this step to the {n} tokens of the source.",
        "交叉注意力：从这一步看原文的 {n} 个词元。",
    ),
    "cross of regions": (
        "Cross-attention: from this step to the {n} regions of the picture.",
        "交叉注意力：从这一步看图片的 {n} 个区域。",
    ),
    "encoder": (
        "Self-attention of the encoder: from this position to the {n} tokens of the source.",
        "编码器的自注意力：从这个位置看原文的 {n} 个词元。",
    ),
    "encoder of regions": (
        "Self-attention of the encoder: from this region to the {n} regions of the picture.",
        "编码器的自注意力：从这个区域看图片的 {n} 个区域。",
    ),
    "decoder": (
        "Self-attention of the decoder: from this step to the {n} tokens of the target, as far as "
        "they are read; <bos> stands before the first.",
        "解码器的自注意力：从这一步看输出的 {n} 个词元中已读入的部分；<bos> 在第一个词元之前。",
    ),
    "rnn": ("Model: RNN; {order}.", "模型：RNN；{order}。"),
    "luong": (
        "first the cell, then attention (Luong et al. 2015)",
        "先更新状态，再计算注意力（Luong et al. 2015）",
    ),
    "places": (
        "first the cell, which reads where it looked last, then attention",
        "先更新状态（输入包括上一步关注的位置），再计算注意力",
    ),
    "article": (
        "first attention, then the cell (Bahdanau et al. 2015)",
        "先计算注意力，再更新状态（Bahdanau et al. 2015）",
    ),
    "transformer": (
        "Model: Transformer; layer {layer} (of 0 to "
        "{last_layer}), head {head} (of 0 to {last_head}).",
        "模型：Transformer；第 {layer} 层（0 至 "
        "{last_layer}），第 {head} 个头（0 至 {last_head}）。",
    ),
    "regions": (
        "rA cB: the region in row A and column B of the "
        "picture's {grid} × {grid}, counted from the top left.",
        "rA cB：图片的 {grid} × {grid} 个区域中第 A 行第 B 列的那个，从左上角数起。",
    ),
    "exact": (
        "Computed in double precision from the numbers that the model computed with. "
        "The parts of every sum add up to it as they are printed, digit by digit: what rounding "
        'leaves is in the rest ("others") or, where there is none, in the last digit of a part.',
        "以双精度计算，所用的就是模型自己算出的数字。"
        "打印出的各项相加，逐位等于打印出的合计：舍入的差额计入“其余”，"
        "没有“其余”时计入某一项的末位。",
    ),
    # Two names for one thing
    "names": ("Two names for one thing", "同一件事的两套名称"),
    "here": ("In this model", "在这个模型里"),
    "none": ("-", "-"),
    "state": ("decoder state {s}", "解码器状态 {s}"),
    "previous state": ("previous decoder state {s}", "解码器前一状态 {s}"),
    "hidden state": ("encoder hidden state hᵢ", "编码器隐藏状态 hᵢ"),
    "region state": ("region hᵢ", "区域 hᵢ"),
    "attention weight": ("attention weight αᵢ", "注意力权重 αᵢ"),
    "query": ("query q", "查询 q"),
    "key": ("key kᵢ", "键 kᵢ"),
    "value": ("value vᵢ", "值 vᵢ"),
    "weight": ("weight αᵢ", "权重 αᵢ"),
    "is query cross": (
        "W_Q x + b, x: the decoder's vector here",
        "W_Q x + b，x 是解码器这一步的向量",
    ),
    "is query self": (
        "W_Q x + b, x: the vector at this place",
        "W_Q x + b，x 是这个位置的向量",
    ),
    "is key cross": (
        "W_K hᵢ + b, hᵢ: the encoder's output at i",
        "W_K hᵢ + b，hᵢ 是编码器在位置 i 的输出",
    ),
    "is key self": (
        "W_K xᵢ + b, xᵢ: the vector at place i",
        "W_K xᵢ + b，xᵢ 是位置 i 的向量",
    ),
    "is value cross": ("W_V hᵢ + b", "W_V hᵢ + b"),
    "is value self": ("W_V xᵢ + b", "W_V xᵢ + b"),
    "apart key": ("of region i, by itself", "由区域 i 自身得到"),
    "apart value": ("of region i, with what is around it", "由区域 i 及其周围得到"),
    "is weight": ("how much of vᵢ is taken", "vᵢ 所占的比重"),
    "no recurrence": (
        "Seq2Seq has no self-attention: there, a place "
        "knows the others by recurrence alone. In its "
        "words, each place asks all places as the decoder's state asks the encoder's states.",
        "Seq2Seq 没有自注意力：一个位置只能通过循环得知其他位置的信息。借用它的术语来说，"
        "这里的每个位置都像解码器状态查询编码器状态那样，查询所有位置。",
    ),
    "one vector": (
        "This model has no attention (attention=none): "
        "it reads the whole source as one vector, which "
        "is the same at every step. Seen as attention there is one key, its weight is 1, and the "
        "context is that vector; there is nothing to choose from, and so nothing to explain here.",
        "这个模型没有注意力（attention=none）：它把整个输入读成一个向量，每一步用的都是它。"
        "若看作注意力，就只有一个键，权重为 1，上下文就是这个向量；"
        "既然无从选择，这里也就没有权重需要解释。",
    ),
    "no attention": ("1 to 3  Attention: there is none", "1 至 3  注意力：无"),
    # Which head
    "heads": ("Which head", "哪一个头"),
    "of heads": (
        "Layer {layer} has {count} heads, each with "
        "queries, keys and values of its own. Their mean, "
        "which `qkv show` draws, has the most weight on "
        "“{token}”. Explained below: head {head}, {why}.",
        "第 {layer} 层有 {count} 个头，各有自己的查询、键和值。各头的平均（`qkv show` 画的就是它）"
        "在“{token}”上的权重最大。下面解释的是第 {head} 个头：{why}。",
    ),
    "named": ("which was asked for", "这是指定的头"),
    "chosen": ("which puts most on it", "它在此处的权重最大"),
    "head": ("head", "头"),
    "looks at": ("looks most at", "最关注"),
    "strongest": ("with weight", "权重"),
    "on": ("weight on “{token}”", "在“{token}”上的权重"),
    "other heads": ("{n} others", "其余 {n} 个"),
    "mean": ("mean: sum / {count}", "平均：合计 / {count}"),
    # 1
    "similarity": ("1  Similarity", "1  相似度"),
    "similarity of": ("similarity of {s} and hᵢ", "{s} 与 hᵢ 的相似度"),
    "score of": ("score of query and key", "查询与键的得分"),
    "no such step": ("no such step", "没有对应的步骤"),
    "dimensions": (
        "Query and keys have d = {d} numbers. Shown "
        "are those whose products are the largest here; "
        "the others are added up.",
        "查询与键各有 d = {d} 维。这里列出乘积绝对值最大的几维，其余的合计。",
    ),
    "all dimensions": (
        "Query and keys have d = {d} numbers.",
        "查询与键各有 d = {d} 维。",
    ),
    "number": ("number", "维"),
    "other numbers": ("{n} others", "其余 {n} 个"),
    "own score": (
        "The score is a function of one's own, {name}: how it computes eᵢ, its code says.",
        "得分由自定义的函数 {name} 算出，eᵢ 的算法见其代码。",
    ),
    # 2
    "weights": ("2  Weights", "2  权重"),
    "attention weights": ("attention weights", "注意力权重"),
    "weights of": ("weights", "权重"),
    "shift": (
        "The largest score, m = {m}, is first taken from every score: the largest exp becomes 1, "
        "nothing overflows, and the weights stay the same.",
        "先从每个得分中减去最大的得分 m = {m}：这样最大的 exp 等于 1，不会溢出，权重也不变。",
    ),
    "all seen": ("No mask hides any of the keys.", "掩码没有隐藏任何键。"),
    "later": (
        "The causal mask hides what comes later, {n} of the keys: no weight goes there.",
        "因果掩码隐藏了后面的 {n} 个键，它们的权重为 0。",
    ),
    "masked": (
        "A mask hides {n} of the keys: no weight goes there.",
        "掩码隐藏了 {n} 个键，它们的权重为 0。",
    ),
    "nothing": (
        "Nothing may be seen by this head at this step: no weights, and the context is 0.",
        "这个头在这一步看不到任何位置：没有权重，上下文为 0。",
    ),
    "hard": (
        "Attention is hard: it takes the likeliest key alone, so that its weight is 1.",
        "这是硬注意力：只取概率最大的那个键，它的权重为 1。",
    ),
    "pinned": (
        "The weights of this step were given from outside, whatever the scores say.",
        "这一步的权重由外部指定，与得分无关。",
    ),
    "bias": ("bias", "偏置"),
    "sum": ("sum", "合计"),
    "other keys": ("{n} other keys", "其余 {n} 个键"),
    # 3
    "context": ("3  Context", "3  上下文"),
    "context vector": ("context vector", "上下文向量"),
    "weighted sum": ("weighted sum of the values", "值的加权和"),
    "brought": (
        "c has {d} numbers. Shown are the largest of them, and what each value brought to them:",
        "c 有 {d} 维。这里列出绝对值最大的几维，以及每个值对它们的贡献：",
    ),
    "all brought": (
        "c has {d} numbers; this is what each value brought to them:",
        "c 有 {d} 维；每个值对各维的贡献：",
    ),
    "gate": (
        "The gate β = σ(w · {s} + b) = {gate} then scales it: what goes on is β c.",
        "随后乘以门控 β = σ(w · {s} + b) = {gate}：送入下一步计算的是 β c。",
    ),
    # 4
    "onward": ("4  From the context to the next token", "4  从上下文到下一个词元"),
    "onward encoder": ("4  What becomes of the context", "4  上下文的去向"),
    "outside": (
        "outside attention: it uses what attention found",
        "不属于注意力：它使用注意力取得的信息",
    ),
    "feature": ("what the output weights read", "输出层的输入向量"),
    "next state": ("next decoder state", "解码器的新状态"),
    "then luong": (
        "The token that is said goes into the cell, which makes {next}, the next query.",
        "生成的词元再送入循环单元，得到 {next}，即下一步的查询。",
    ),
    "then article": (
        "{s} is the next query, too.",
        "{s} 同时也是下一步的查询。",
    ),
    "end": ("The text ends here: there is no next query.", "文本到此结束：没有下一步的查询。"),
    "output of heads": (
        "The contexts of the {count} heads, {d} numbers "
        "each, stand side by side ({all} numbers) and go "
        "through the layer's output matrix: W_O [c of "
        "head 0; …; c of head {last}] + b is added to x. "
        "What this head found is one part of that sum.",
        "{count} 个头的上下文（各 {d} 维）拼接起来（共 {all} 维），再乘以这一层的输出矩阵，"
        "结果 W_O [第 0 个头的 c；…；第 {last} 个头的 c] + b 加到 x 上。"
        "这个头的贡献只是其中一部分。",
    ),
    "output of one head": (
        "The context goes through the layer's output matrix: W_O c + b is added to x.",
        "上下文再乘以这一层的输出矩阵，结果 W_O c + b 加到 x 上。",
    ),
    "rest of cross": (
        "A feed-forward network follows.",
        "之后是前馈网络。",
    ),
    "rest of decoder": (
        "Cross-attention and a feed-forward network follow.",
        "之后是交叉注意力和前馈网络。",
    ),
    "layers above": (
        "Layers {first} to {last} go on from there.",
        "然后进入第 {first} 至 {last} 层。",
    ),
    "layer above": ("Layer {last} goes on from there.", "然后进入第 {last} 层。"),
    "end of decoder": (
        "The last vector, normalised, is f.",
        "最后的向量经归一化后就是 f。",
    ),
    "end of encoder": (
        "The last vectors, normalised, are what the decoder's cross-attention looks at.",
        "最后的向量经归一化后，就是解码器的交叉注意力所关注的内容。",
    ),
    # 5
    "prediction": ("5  Prediction", "5  预测"),
    "predicts": ("prediction", "预测输出"),
    "over tokens": (
        "outside attention: this softmax is over the {v} tokens of the "
        "vocabulary, attention's is over positions",
        "不属于注意力：这里的 softmax 在词表的 {v} 个词元上归一化，注意力的 softmax 在位置上归一化",
    ),
    "logit": (
        "The logit u of “{token}”, from the {m} numbers of f:",
        "“{token}”的 logit u，由 f 的 {m} 维得到：",
    ),
    "probabilities": (
        "The most probable tokens; m = {m} is the largest logit:",
        "概率最大的几个词元；m = {m} 是最大的 logit：",
    ),
    "other products": ("{n} others", "其余 {n} 个"),
    "token": ("token", "词元"),
    "other tokens": ("{n} other tokens", "其余 {n} 个词元"),
    "taken": (
        "Said: “{token}”, the most probable token.",
        "生成：“{token}”，即概率最大的词元。",
    ),
    "taken later": (
        "Said: “{token}”, number {rank} by probability: "
        "a search compares whole texts, and keeps to what "
        "it was asked for.",
        "生成：“{token}”，概率排第 {rank} 位：搜索比较的是整段文本，并遵守所给的约束。",
    ),
    "log": (
        "ln {p} = {log}: so much this step adds to the text's log-probability.",
        "ln {p} = {log}：这一步为整段文本的对数概率加上的就是这个数。",
    ),
}


def spoken(lang: str) -> Callable[..., str]:
    """Says a text by its name in English ("en") or Chinese ("zh"), its {names} filled in.

    Raises:
        ConfigError: another language.
    """
    if lang not in LANGUAGES:
        raise ConfigError(f"lang must be {' or '.join(LANGUAGES)}; got {lang!r}.")
    number = LANGUAGES.index(lang)

    def say(name: str, /, **values: object) -> str:
        return TEXTS[name][number].format(**values)

    return say
