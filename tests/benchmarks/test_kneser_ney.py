import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
cache_probabilities = importlib.import_module("kneser_ney").cache_probabilities


def test_the_cache_counts_the_words_before():
    text = np.array([1, 2, 1, 1, 3, 2])
    assert cache_probabilities(text, 3) == pytest.approx([0, 0, 1 / 2, 2 / 3, 0, 0])
