"""Memory Networks: answer about stories, converse, predict the next word, and see which memories were used.

>>> import memnn
>>> net = memnn.load("runs/demo")
"""

from pathlib import Path
from typing import Any

__all__ = ["load"]


def load(name: "Path | str", **options: Any) -> Any:
    """A trained network from a checkpoint folder, or from a repository of the Hugging Face Hub.

    A `QuestionAnswerer`, of a run of `memnn train lm` a `LanguageModel`, of one of `memnn train dialogue` a
    `Bot`. `options` are of the language model: `cache`, how many words it remembers, and `counts`, whether it
    reads those of its training text. Raises memnn.errors.UserError when there is none or it is damaged.
    """
    from memnn.training import checkpoint

    folder = checkpoint.find(name)
    application = checkpoint.read_config(folder).get("application")
    if application == "language_modelling":
        from memnn.language_modelling.reader import LanguageModel

        return LanguageModel.from_pretrained(folder, **options)
    if application == "dialogue":
        from memnn.dialogue.bot import Bot

        return Bot.from_pretrained(folder, **options)
    from memnn.question_answering.answering import QuestionAnswerer

    return QuestionAnswerer.from_pretrained(folder, **options)
