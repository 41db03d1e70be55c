"""Rules in plain words, Chinese and English: what a policy says, what day it is, why somebody is asked or not."""

from notoneless.expect.words.days import day_sentence
from notoneless.expect.words.letter import Letter, Section, letter_about
from notoneless.expect.words.phrases import basis, day_types, long_day, people, policy_sentence, until

__all__ = [
    "Letter",
    "Section",
    "basis",
    "day_sentence",
    "day_types",
    "letter_about",
    "long_day",
    "people",
    "policy_sentence",
    "until",
]
