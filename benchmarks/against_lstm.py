"""MemN2N as a language model beside torch's LSTM of the same width, given the same minutes.

    python benchmarks/against_lstm.py DATA OUT [memn2n-lm] [lstm] [--minutes 10] [--dropout 0]

DATA is what `memnn train lm` takes. Both have the same softmax over all words, the same optimizer, schedule
and batches of as many words, and train for as many epochs as fill the minutes by the time of their steps,
which is taken in turn, because a shared machine drifts: it is said beside the minutes that training took.
What is said is the perplexity of the validation text as `memnn evaluate` measures it. A row whose folder is
there is not trained again.
"""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.language_modelling.data import LanguageData
from memnn.language_modelling.perplexity import measure
from memnn.language_modelling.training import Corpus, make_plan, read_corpus
from memnn.models.language import Heard, window_losses
from memnn.response.whole_softmax import WholeSoftmax
from memnn.text.windows import Window
from memnn.training.loop import train
from memnn.training.options import Options

STEPS = 40  # that are timed


class Lstm(nn.Module):
    """torch.nn.LSTM over word vectors of its own width, under the softmax of MemN2N."""

    context, order = 0, 0
    output_map, counts = None, None

    def __init__(self, vocab: int, dim: int, dropout: float) -> None:
        super().__init__()
        self.vectors, self.layer = nn.Embedding(vocab, dim), nn.LSTM(dim, dim, batch_first=True)
        nn.init.normal_(self.vectors.weight, 0, 0.1)
        self.response = WholeSoftmax(vocab, dim, 0.05)
        self.dropout = nn.Dropout(dropout)
        self.word_vectors = [self.vectors.weight, self.response.weight]

    def begin(self, batch: int) -> tuple[Tensor, Tensor]:
        state = torch.zeros(1, batch, self.layer.hidden_size)
        return state, state

    def read(self, words: Int[Tensor, "batch length"], carried: tuple[Tensor, Tensor]) -> Heard:
        states, carried = self.layer(self.dropout(self.vectors(words)), carried)
        return Heard(self.dropout(states), carried)

    def losses(self, window: Window) -> Float[Tensor, " predictions"]:
        return window_losses(self, window)


def minutes_an_epoch(
    networks: dict[str, Any], data: dict[str, LanguageData], options: Options
) -> dict[str, float]:
    """By the time of a step, the median of some after as many to warm up, one network after the other."""
    taken: dict[str, list[float]] = {name: [] for name in networks}
    optimizers = {
        name: torch.optim.Adam(network.parameters(), 1e-9, fused=True) for name, network in networks.items()
    }
    windows = {name: data[name].batches(np.random.default_rng(0), options.batch_size, 1) for name in networks}
    for _ in range(2 * STEPS):
        for name, network in networks.items():
            if (window := next(windows[name], None)) is None:
                continue
            started = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
                losses = network.losses(window)
            optimizers[name].zero_grad()
            losses.mean().backward()
            optimizers[name].step()
            taken[name].append(time.perf_counter() - started)
    steps = {name: data[name].steps(options.batch_size) for name in networks}
    return {
        name: float(np.median(all_of_them[STEPS:])) / 60 * steps[name] for name, all_of_them in taken.items()
    }


def row(
    name: str, network: Any, data: LanguageData, corpus: Corpus, options: Options, an_epoch: float, out: Path
) -> None:
    """Train, measure, print."""
    folder = out / name
    if not (folder / "row.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        trained = train([network], data, options, folder)
        with torch.no_grad():
            for key, parameter in network.named_parameters():
                parameter.copy_(trained.weights[key])
        network.eval()
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
        found = {
            "perplexity": measure(network, corpus.valid, corpus.words.end).perplexity,
            "epochs": options.epochs,
            "by_steps": options.epochs * an_epoch,
            "minutes": lines[-1]["seconds"] / 60,
            "weights": sum(parameter.numel() for parameter in network.parameters()),
        }
        (folder / "row.json").write_text(json.dumps(found), "utf-8")
    said = json.loads((folder / "row.json").read_text("utf-8"))
    cells = f"{said['weights']:>12,}{said['epochs']:>8}{said['by_steps']:>9.1f}{said['minutes']:>9.1f}"
    print(f"{name:<16}{cells}{said['perplexity']:>12.1f}", flush=True)


def main(
    text: Annotated[Path, typer.Argument(metavar="DATA")],
    out: Path,
    models: Annotated[list[str] | None, typer.Argument(help="memn2n-lm, lstm; both unless told")] = None,
    minutes: float = 10,
    vocabulary: int = 10_000,
    dropout: Annotated[float, typer.Option(help="of both; of the LSTM before it and behind it")] = 0.0,
    rate: Annotated[float, typer.Option(help="learning rate of the LSTM")] = 0.005,
    seed: int = 0,
) -> None:
    """Train one after the other, on one thread."""
    torch.set_num_threads(1)
    corpus = read_corpus(text, vocabulary)
    settings, options = make_plan(model="memn2n-lm", options={"seed": seed}).resolve(len(corpus.train))
    torch.manual_seed(seed)
    size, settings = len(corpus.words), replace(settings, dropout=dropout)
    networks = {"memn2n-lm": settings.build(size), "lstm": Lstm(size, settings.dim, dropout)}
    data = {
        name: LanguageData(
            corpus.train, corpus.valid, corpus.words.end, network, settings.window, options.precision
        )
        for name, network in networks.items()
    }
    an_epoch = minutes_an_epoch(networks, data, options)
    print(f"{'':<16}{'weights':>12}{'epochs':>8}{'by steps':>9}{'minutes':>9}{'perplexity':>12}", flush=True)
    for name in models or networks:
        epochs = max(1, round(minutes / an_epoch[name]))
        chosen = replace(
            options, epochs=epochs, learning_rate=rate if name == "lstm" else options.learning_rate
        )
        row(name, networks[name], data[name], corpus, chosen, an_epoch[name], out)


if __name__ == "__main__":
    typer.run(main)
