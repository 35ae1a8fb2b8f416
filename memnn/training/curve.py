"""The learning curve of a run as a picture."""

import json
from pathlib import Path

import numpy as np


def draw_curve(folder: Path) -> None:
    """Draw folder/curve.png from folder/metrics.jsonl: loss and error (or perplexity) by epoch, a thin line a
    restart.
    """
    # matplotlib takes a second to import, which nobody who only asks should wait for
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    epochs = [line["epoch"] for line in lines]
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    right = ("perplexity", ["valid_perplexity"])
    if not lines or "valid_error" in lines[0]:
        right = ("wrong answers (%)", ["valid_error"])
    panels = [("loss", ["train_loss", "valid_loss"]), right]
    for axes, (label, names) in zip(figure.subplots(1, 2), panels):
        for name, color in zip(names, ("tab:blue", "tab:orange")):
            values = np.array([line[name] for line in lines])
            if values.shape[1] > 1:
                axes.plot(epochs, values, color=color, linewidth=0.5, alpha=0.4)
            axes.plot(epochs, values.mean(1), color=color, label=name.replace("_", " "))
        if lines and not lines[0]["softmax"]:
            end = sum(not line["softmax"] for line in lines) + 0.5
            axes.axvline(end, color="gray", linestyle=":", label="softmax begins")
        axes.set(xlabel="epoch", ylabel=label, ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(folder / "curve.png", dpi=110)
