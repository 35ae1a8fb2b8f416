"""Settings of the Symbol Memory Network."""

from dataclasses import dataclass
from typing import ClassVar

from memnn.text.lexicon import Lexicon


@dataclass(frozen=True)
class SymbolSettings:
    """Sizes, and what training does."""

    needs_supporting: ClassVar[bool] = False
    vocabulary: ClassVar[type] = Lexicon

    dim: int = 48  # of a node's state
    hops: int = 5  # before the first item of the answer; each further item takes one more
    pairs: int = 0  # rounds before them, in which any two symbols are read through a third; 0: none
    pair_dim: int = 48  # of what two symbols are to each other
    space: int = 0  # dimensions in which facts lay out the things they tell of; 0: they do not
    links: bool = False  # walks from fact to fact, to where each chain of them ends
    beside: float = 0.0  # share of training batches in which short stories are told beside others
    asked: float = 0.0  # weight of a loss on what pairs, space and links say of the answer by themselves
    kinds: int | None = None  # width of what a name says, to pairs too; None: its own vector, to hops alone
    windows: bool = False  # read the words of a sentence in their windows, not as a bag
    unheard: float = 0.05  # share of the words in windows that training leaves out
    capacity: int | None = (
        1000  # the newest facts that are kept; None: all, at a cost that grows as their square
    )
    places: int = 4  # symbols of a sentence, the others being left out
    scratch: int = 4  # registers beside those of the sentence
    heads_latest: int = 2  # heads that read the newest fact before that fits,
    heads_next: int = 1  # the next after that fits,
    heads_soft: int = 2  # all that fit, by softmax,
    heads_sum: int = 1  # and all that fit, added up
    width: int = 12  # of what a head reads
    hidden: int = 128  # units between a hop's reads and the new state
    ensemble: int = 1  # how many O and R read the memory, and answer by their mean probabilities
    items: int = 20  # of an answer that is a list, at most
    dropout: float = 0.0  # of the hidden units
    called: bool = False  # symbols that are read by name are moved by what they are called, too
    nameless: float = 0.1  # share of training stories in which no symbol is read by name
    by_name: bool = False  # read every symbol by its name too: an ablation
    copying: bool = True  # without it what training told is said, not copied: an ablation, with by_name
    supporting: float = 0.0  # weight of a loss on supporting facts that the question does not read

    def __post_init__(self) -> None:
        """Raises ValueError for a size below 1, a weight below 0 or a share outside 0 to 1."""
        for name in ("dim", "hops", "pair_dim", "ensemble", "places", "scratch", "width", "hidden", "items"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.capacity is not None and self.capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {self.capacity}")
        if min(self.heads) < 0 or sum(self.heads) < 1:
            raise ValueError(f"heads of each kind must be 0 or more, and one in all, not {self.heads}")
        if self.kinds is not None and self.kinds < 1:
            raise ValueError(f"kinds must be at least 1, not {self.kinds}")
        if self.pairs < 0:
            raise ValueError(f"pairs is a number of rounds, 0 or more, not {self.pairs}")
        if self.space < 0:
            raise ValueError(f"space is a number of dimensions, 0 or more, not {self.space}")
        for name in ("supporting", "asked"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is a weight of 0 or more, not {getattr(self, name)}")
        for name in ("dropout", "nameless", "unheard", "beside"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a share from 0 to below 1, not {getattr(self, name)}")

    @property
    def heads(self) -> tuple[int, int, int, int]:
        """How many of each kind."""
        return self.heads_latest, self.heads_next, self.heads_soft, self.heads_sum
