"""The training text beside a checkpoint, for a network that reads its counts too."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Integer
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from memnn.errors import UserError
from memnn.files import write_file
from memnn.output_map.count_read import CountRead
from memnn.output_map.kneser_ney import KneserNey

# The words as numbers, which are counted again when loaded; the counts' share, and the three numbers of a
# cache beside them
FILE = "text.safetensors"


def count(network: Any, text: Integer[np.ndarray, " text"], share: float = 0.0) -> None:
    """G, once: count the training text, where the network reads counts."""
    if network.order:
        vocab = len(network.word_vectors[0])
        small = np.uint16 if vocab <= 2**16 else np.uint32
        network.counts = CountRead(KneserNey(text.astype(small), vocab, network.order), share)


def save_counts(network: Any, folder: Path) -> None:
    """Write FILE, where the network has counts. Raises UserError."""
    if network.counts is None:
        return
    cache = network.output_map
    shares = np.array([network.counts.share, *(parameter.item() for parameter in cache.parameters())])
    write_file(folder / FILE, save({"text": network.counts.ngrams.text, "shares": shares}))


def load_counts(network: Any, folder: Path) -> None:
    """Count the text of FILE again, and give the cache the numbers that suit the counts. A run without the
    file, such as one of an earlier version, has none.

    Raises UserError for a damaged file.
    """
    if not network.order or not (folder / FILE).exists():
        return
    try:
        stored = load_file(folder / FILE)
        text, shares = stored["text"], stored["shares"]
    except (OSError, SafetensorError, KeyError) as error:
        raise UserError(f"{folder / FILE}: damaged ({error})") from None
    if text.ndim != 1 or text.dtype.kind != "u" or shares.shape != (4,) or not (0 < shares[0] < 1):
        raise UserError(f"{folder / FILE}: damaged: expected a text and four numbers")
    if text.max(initial=0) >= len(network.word_vectors[0]):
        raise UserError(f"{folder / FILE}: words that vocabulary.json lacks")
    share, *numbers = shares.tolist()
    count(network, text, share)
    with torch.no_grad():
        for parameter, number in zip(network.output_map.parameters(), numbers, strict=True):
            parameter.fill_(number)
