"""The models. The dicts are closed: a name in a file or on the command line is one of these."""

from typing import Any

from memnn.models.cache_lm import CacheLM
from memnn.models.memn2n import MemN2N
from memnn.models.memn2n_dialogue import MemN2NDialogue
from memnn.models.memn2n_lm import MemN2NLM
from memnn.models.memnn import MemNN
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.models.symbol_dialogue import SymbolDialogue

MODELS: dict[str, Any] = {"symbol": SymbolMemoryNetwork, "memn2n": MemN2N, "memnn": MemNN}
DIALOGUE_MODELS: dict[str, Any] = {"symbol": SymbolDialogue, "memn2n": MemN2NDialogue}
LANGUAGE_MODELS: dict[str, Any] = {"cache-lm": CacheLM, "memn2n-lm": MemN2NLM}
MODELS_OF: dict[str, dict[str, Any]] = {
    "question_answering": MODELS,
    "dialogue": DIALOGUE_MODELS,
    "language_modelling": LANGUAGE_MODELS,
}
