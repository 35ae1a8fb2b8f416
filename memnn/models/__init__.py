"""The models. `MODELS` is closed: a name in a file or on the command line is one of these."""

from memnn.models.memn2n import MemN2N

MODELS = {"memn2n": MemN2N}
