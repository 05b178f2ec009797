"""The words of `qkv explain`, a page a language; each {name} is filled with numbers."""

from dataclasses import dataclass

__all__ = ["PAGES", "Page"]


@dataclass(frozen=True)
class Page:
    """One language: `attention`, then `decoder` or, where the sizes do not fit, `left_out`."""

    example: str
    own: str
    own_values: str
    unscaled: str
    scaled: str
    rounded: str
    vanished: str
    hidden_state: str
    no_state: str
    attention: str
    shifted: str
    decoder: str
    goes_on: str
    ends: str
    left_out: str


_ENGLISH = Page(
    example="The built-in example: n = 2 (positions), d = 2 (width), t = 1 (step).",
    own="Your own numbers: n = {n} (positions), d = {d} (width), t = 1 (step).",
    own_values="The values are given apart from the keys: vᵢ stands where Seq2Seq has hᵢ again.",
    unscaled="Scores are not divided by √d (dot product, Luong et al. 2015).",
    scaled="Scores are divided by √d (scaled dot product, Vaswani et al. 2017).",
    rounded="Computed in double precision, shown to six digits or more.",
    vanished="What double precision cannot hold, below about 10⁻³⁰⁷, is 0 here.",
    hidden_state="encoder hidden state hᵢ  ",
    no_state="given apart from hᵢ      ",
    attention="""\
ATTENTION, NUMBER BY NUMBER

{source}

── Two names for one thing, and the library analogy

  Seq2Seq                       QKV          In a library
  previous decoder state s₀     query q      what you need
  encoder hidden state hᵢ       key kᵢ       the label of a book
  {value_state}     value vᵢ     the content of the book
  attention weight αᵢ           weight αᵢ    which book's content is useful now

── Given

{given}

── 1  Similarity

  Seq2Seq   similarity of s₀ and hᵢ      eᵢ = s₀ᵀ hᵢ{over}
  QKV       score of query and key       eᵢ = q · kᵢ{over}

{similarity}

── 2  Weights

  Seq2Seq   attention weights            αᵢ = exp(eᵢ) / Σₖ exp(eₖ)
  QKV       weights                      α = softmax(q Kᵀ{over})
{shifted}
{weights}

── 3  Context

  Seq2Seq   context vector               c₁ = Σᵢ αᵢ {value}
  QKV       weighted sum of the values   Attention(q, K, V) = softmax(q Kᵀ{over}) V

{context}
""",
    shifted="""
  First the largest score, m = {m}, is taken from every score:
  the largest exp becomes 1, nothing overflows, and the weights stay the same.
""",
    decoder="""\
── 4  State update

  Seq2Seq   next decoder state           s₁ = LSTMCell(s₀, c₁, SOS)
  QKV       outside attention: it uses what attention found; s₁ is the next query

  MADE UP FOR THIS PAGE: round values, fixed. A trained model learns W, U, b and y₀.

  embedding of SOS     y₀    = {sos}
  old cell             cell₀ = {cell_before}     (c₀ = 0, called cell₀: c₁ is the context)
  LSTM weights W, U and biases b, two units for each of
  i input gate, f forget gate, g candidate, o output gate:

{lstm}

  Pre-activations      z = W [c₁; y₀] + U s₀ + b

{preactivations}

  Gates                i, f, o = σ(z), g = tanh(z); σ(z) = 1 / (1 + exp(-z))

{gates}

  New cell             cell₁ = f ⊙ cell₀ + i ⊙ g

{cell}

  New decoder state    s₁ = o ⊙ tanh(cell₁)

{state}

── 5  Prediction

  Seq2Seq   prediction                   ŷ₁ = softmax(Wₒ s₁ + bₒ)
  QKV       outside attention: this softmax is over words, attention's over positions

  MADE UP FOR THIS PAGE: the vocabulary, Wₒ and bₒ.

{output}

  Logits               u = Wₒ s₁ + bₒ

{logits}

  Probabilities        ŷ₁ = exp(u) / Σ exp(u)

{probabilities}

  Predicted token      {token}

  {next}
""",
    goes_on="Step t = 2 starts over at 1, with s₁ as the query and {token} in the place of SOS.",
    ends="EOS ends the output: there is no step t = 2.",
    left_out="""\
── 4  State update, 5  Prediction

  Left out: our table of LSTM weights is for a query and values of width 2;
  here the query has width {query_width} and the values have width {value_width}.
""",
)

_CHINESE = Page(
    example="内置的例子：n = 2 个位置，维度 d = 2，时间步 t = 1。",
    own="你给出的数字：n = {n} 个位置，维度 d = {d}，时间步 t = 1。",
    own_values="这里的值与键分开给出：Seq2Seq 再次使用 hᵢ 的地方，这里用 vᵢ。",
    unscaled="得分不除以 √d（点积注意力，Luong et al. 2015）。",
    scaled="得分除以 √d（缩放点积注意力，Vaswani et al. 2017）。",
    rounded="以双精度计算，显示至少六位有效数字。",
    vanished="小于约 10⁻³⁰⁷ 的数超出双精度的范围，这里记为 0。",
    hidden_state="编码器隐藏状态 hᵢ",
    no_state="与 hᵢ 分开给出   ",
    attention="""\
注意力机制：每个数字是怎么算出来的

{source}

── 同一件事的两套名称与图书馆的类比

  Seq2Seq 术语              QKV 术语    在图书馆里
  解码器前一状态 s₀         查询 q      需要什么信息
  编码器隐藏状态 hᵢ         键 kᵢ       书的标签
  {value_state}         值 vᵢ       书的内容
  注意力权重 αᵢ             权重 αᵢ     哪本书的内容对当前任务更有用

── 已知

{given}

── 1  相似度

  Seq2Seq   s₀ 与 hᵢ 的相似度    eᵢ = s₀ᵀ hᵢ{over}
  QKV       查询与键的得分       eᵢ = q · kᵢ{over}

{similarity}

── 2  权重

  Seq2Seq   注意力权重           αᵢ = exp(eᵢ) / Σₖ exp(eₖ)
  QKV       权重                 α = softmax(q Kᵀ{over})
{shifted}
{weights}

── 3  上下文

  Seq2Seq   上下文向量           c₁ = Σᵢ αᵢ {value}
  QKV       值的加权和           Attention(q, K, V) = softmax(q Kᵀ{over}) V

{context}
""",
    shifted="""
  先从每个得分中减去最大的得分 m = {m}：
  这样最大的 exp 等于 1，不会溢出，权重也不变。
""",
    decoder="""\
── 4  状态更新

  Seq2Seq   解码器的新状态       s₁ = LSTMCell(s₀, c₁, SOS)
  QKV       不属于注意力：它使用注意力取得的信息，而 s₁ 就是下一步的查询

  以下数字是为本页设定的，固定取一位小数；在训练好的模型中，W、U、b 和 y₀ 由训练得到。

  SOS 的词向量      y₀    = {sos}
  旧的细胞状态      cell₀ = {cell_before}     （即 c₀ = 0；写作 cell₀，因为 c₁ 是上下文）
  LSTM 的权重 W、U 和偏置 b，每个门有两个单元：
  i 输入门，f 遗忘门，g 候选值，o 输出门

{lstm}

  预激活值          z = W [c₁; y₀] + U s₀ + b

{preactivations}

  门的取值          i, f, o = σ(z)，g = tanh(z)；σ(z) = 1 / (1 + exp(-z))

{gates}

  新的细胞状态      cell₁ = f ⊙ cell₀ + i ⊙ g

{cell}

  解码器的新状态    s₁ = o ⊙ tanh(cell₁)

{state}

── 5  预测

  Seq2Seq   预测输出             ŷ₁ = softmax(Wₒ s₁ + bₒ)
  QKV       不属于注意力：这里的 softmax 在词上归一化，注意力的 softmax 在位置上归一化

  以下数字是为本页设定的：词表、Wₒ 和 bₒ。

{output}

  logits            u = Wₒ s₁ + bₒ

{logits}

  概率              ŷ₁ = exp(u) / Σ exp(u)

{probabilities}

  预测的词          {token}

  {next}
""",
    goes_on="时间步 t = 2 从第 1 步重新开始：以 s₁ 为查询，以 {token} 代替 SOS 作为输入。",
    ends="EOS 表示输出结束，没有时间步 t = 2。",
    left_out="""\
── 4  状态更新，5  预测

  此处略去：我们的 LSTM 权重表只适用于维度为 2 的查询和值，
  而这里查询的维度是 {query_width}，值的维度是 {value_width}。
""",
)

PAGES = {"en": _ENGLISH, "zh": _CHINESE}
