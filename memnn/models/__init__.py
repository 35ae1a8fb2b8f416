"""The models. `MODELS` is closed: a name in a file or on the command line is one of these."""

from typing import Any

from memnn.models.memn2n import MemN2N
from memnn.models.memnn import MemNN

MODELS: dict[str, Any] = {"memn2n": MemN2N, "memnn": MemNN}
