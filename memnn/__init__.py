"""Memory Networks: train on stories, ask, and see which facts answered.

>>> import memnn
>>> net = memnn.load("runs/demo")
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memnn.question_answering.answering import QuestionAnswerer

__all__ = ["load"]


def load(name: "Path | str") -> "QuestionAnswerer":
    """A trained network from a checkpoint folder, or from a repository of the Hugging Face Hub.

    Raises memnn.errors.UserError when there is none or it is damaged.
    """
    from memnn.question_answering.answering import QuestionAnswerer

    return QuestionAnswerer.from_pretrained(name)
