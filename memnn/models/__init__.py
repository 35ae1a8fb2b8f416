"""The models. `MODELS` is closed: a name in a file or on the command line is one of these."""

from memnn.models.memn2n import MemN2N
from memnn.models.memnn import MemNN

MODELS = {"memn2n": MemN2N, "memnn": MemNN}
