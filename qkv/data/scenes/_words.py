"""The words of the scenes and the sentences they stand in, in English and in Chinese."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CHINESE", "COLOURS", "ENGLISH", "SHAPES", "SIZES", "Language"]

_SHAPES = {
    "circle": "圆形",
    "square": "正方形",
    "triangle": "三角形",
    "star": "五角星",
    "cross": "十字形",
    "heart": "心形",
    "diamond": "菱形",
    "ring": "圆环",
}
_COLOURS = {
    "red": "红色",
    "orange": "橙色",
    "yellow": "黄色",
    "green": "绿色",
    "blue": "蓝色",
    "purple": "紫色",
    "pink": "粉色",
    "brown": "棕色",
    "black": "黑色",
    "grey": "灰色",
}
_SIZES = {"small": "小的", "large": "大的"}

SHAPES, COLOURS, SIZES = tuple(_SHAPES), tuple(_COLOURS), tuple(_SIZES)


@dataclass(frozen=True)
class Language:
    """Words by their English name, and sentences with gaps.

    {a}, {b} and {c} are things, {place} where a is; {ab} and {ac} where a is, seen from b and c.
    """

    words: dict[str, str]
    places: tuple[tuple[str, str, str], ...]  # by row, then column, of a picture in nine
    sides: dict[str, str]
    thing: str  # ends with its noun
    alone: str
    pair: str
    trio: str
    trio_same: str  # where {ab} is {ac}


ENGLISH = Language(
    words={word: word for word in (*SHAPES, *COLOURS, *SIZES)},
    places=(
        ("in the top left corner", "at the top", "in the top right corner"),
        ("on the left", "in the middle", "on the right"),
        ("in the bottom left corner", "at the bottom", "in the bottom right corner"),
    ),
    sides={
        "left": "to the left of",
        "right": "to the right of",
        "above": "above",
        "below": "below",
    },
    thing="a {size} {colour} {shape}",
    alone="{a} {place}",
    pair="{a} is {ab} {b}",
    trio="{a} is {ab} {b} and {ac} {c}",
    trio_same="{a} is {ab} {b} and {c}",
)

CHINESE = Language(
    words=_SHAPES | _COLOURS | _SIZES,
    places=(
        ("左上角", "顶部", "右上角"),
        ("左边", "中间", "右边"),
        ("左下角", "底部", "右下角"),
    ),
    sides={"left": "左边", "right": "右边", "above": "上方", "below": "下方"},
    thing="一个{size}{colour}{shape}",
    alone="{a}在{place}",
    pair="{a}在{b}的{ab}",
    trio="{a}在{b}的{ab}，在{c}的{ac}",
    trio_same="{a}在{b}和{c}的{ab}",
)
