"""The models. `MODELS` is closed: a name in a file or on the command line is one of these."""

from typing import Any

from memnn.models.memn2n import MemN2N
from memnn.models.memnn import MemNN
from memnn.models.symbol import SymbolMemoryNetwork

MODELS: dict[str, Any] = {"symbol": SymbolMemoryNetwork, "memn2n": MemN2N, "memnn": MemNN}
