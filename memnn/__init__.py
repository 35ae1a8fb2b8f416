"""Memory Networks: train on stories, ask, and see which facts answered.

>>> import memnn
>>> net = memnn.load("runs/demo")
"""

from pathlib import Path
from typing import Any

__all__ = ["load"]


def load(name: "Path | str") -> Any:
    """A trained network from a checkpoint folder, or from a repository of the Hugging Face Hub.

    A `QuestionAnswerer`, or of a run of `memnn train lm` a `LanguageModel`. Raises memnn.errors.UserError
    when there is none or it is damaged.
    """
    from memnn.training import checkpoint

    folder = checkpoint.find(name)
    if checkpoint.read_config(folder).get("application") == "language_modelling":
        from memnn.language_modelling.reader import LanguageModel

        return LanguageModel.from_pretrained(folder)
    from memnn.question_answering.answering import QuestionAnswerer

    return QuestionAnswerer.from_pretrained(folder)
