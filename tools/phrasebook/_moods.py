"""The ways in which a verb is used: tense, aspect, negation, ability, …"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ASKED", "CAN", "DID_NOT", "DOES_NOT", "EVER", "EXPERIENCE", "FUTURE", "HAS_DONE",
    "HAS_NOT", "IMPERATIVE", "NEVER", "NEVER_DOES", "NOT_SKILLED", "PAST", "PRESENT",
    "PROGRESSIVE", "SHI_DE", "SHOULD", "SKILLED", "THEN", "WAS", "WAS_DOING", "WAS_NOT",
    "WEARING", "WILL_NOT", "Mood",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mood:
    """How a verb is used.

    marker, auxiliaries: before the verb in Chinese and in English, as patterns of `weave`.
    particle: one word after the verb in Chinese, likewise.
    form: of the English verb, as in `verb_form`, or 'present'.
    """

    marker: str
    particle: str
    auxiliaries: str
    form: str


PAST = Mood("", "了", "", "past")
DID_NOT = Mood("没1", "", "did1 not1", "base")
# Past without 了: of states, and before a noun.
WAS = Mood("", "", "", "past")
WAS_NOT = Mood("不1", "", "did1 not1", "base")
PRESENT = Mood("", "", "", "present")
HAS_NOT = Mood("没1", "", "do1 not1", "base")  # of 有
DOES_NOT = Mood("不1", "", "do1 not1", "base")
NEVER_DOES = Mood("从来不1", "", "never1", "present")
PROGRESSIVE = Mood("正在1", "", "be1", "ing")
WAS_DOING = Mood("正在1", "", "was1", "ing")
WEARING = Mood("", "着1", "be1", "ing")
FUTURE = Mood("会1", "", "will1", "base")
WILL_NOT = Mood("不1 会2", "", "will2 not1", "base")
THEN = Mood("就1", "", "will1", "base")
SKILLED = Mood("会1", "", "can1", "base")
CAN = Mood("能1", "", "can1", "base")
NOT_SKILLED = Mood("不会1", "", "cannot1", "base")
SHOULD = Mood("应该1", "", "should1", "base")
HAS_DONE = Mood("已经1", "了2", "have2 already1", "participle")
EXPERIENCE = Mood("", "过1", "have1", "experience")
EVER = Mood("", "过1", "have1 ever1", "experience")
NEVER = Mood("没1", "过2", "have2 never1", "experience")
# Of a past event whose circumstances are asked for: 你是在哪里买的这本书
SHI_DE = Mood("是1", "的", "did1", "base")
IMPERATIVE = Mood("", "", "", "base")

# The same where a yes-or-no question or a question word turns the English about.
ASKED = {
    PAST: Mood("", "了", "did", "base"),
    WAS: Mood("", "", "did", "base"),
    PRESENT: Mood("", "", "do", "base"),
}
