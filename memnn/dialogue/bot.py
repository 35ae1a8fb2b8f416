"""A trained run that replies."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from memnn.conversation import Dialogue, Reply
from memnn.training import checkpoint

BATCH = 128  # replies


@dataclass(frozen=True)
class Bot:
    """A network with its vocabulary: what one checkpoint folder holds."""

    config: checkpoint.Config
    vocabulary: Any
    network: Any

    @classmethod
    def from_pretrained(cls, name: Path | str) -> "Bot":
        """Load a checkpoint folder, or a repository of the Hugging Face Hub. Raises UserError."""
        folder = checkpoint.find(name)
        checkpoint.expect(folder, "dialogue")
        return cls(*checkpoint.load(folder))

    def save_pretrained(self, folder: Path | str, overwrite: bool = False) -> None:
        """Write what `from_pretrained` reads: config, vocabulary and weights. Raises UserError."""
        weights = dict(self.network.named_parameters())
        checkpoint.write(Path(folder), self.config, self.vocabulary, weights, overwrite)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks it was trained on."""
        return tuple(self.config.data["tasks"])

    @cached_property
    def fingerprint(self) -> str:
        """Tells this network from any other, whatever its folder is called."""
        digest = hashlib.sha256(json.dumps(self.config.settings, sort_keys=True).encode())
        for parameter in self.network.parameters():
            digest.update(parameter.detach().numpy().tobytes())
        return digest.hexdigest()[:16]

    def next_reply(self, dialogue: Dialogue, kind: str | None = None) -> Reply:
        """What it says at the last turn of the dialogue, with evidence; of that kind where one is told.

        A kind is what `vocabulary.reply_kind` says of a reply. Nothing where it can say nothing of the kind.
        """
        tensors = self.network.tensors([dialogue], self.vocabulary)
        last = np.array([len(tensors) - 1])
        reply: Reply = self.network.reply(tensors, last, evidence=True, kind=kind)[0]
        return reply

    def use_threads(self) -> None:
        """Compute with as many CPU threads as in training, in this whole process: small models want one."""
        checkpoint.use_threads(self.config)

    @torch.no_grad()
    def reply(self, dialogues: Iterable[Dialogue], evidence: bool = False) -> list[list[Reply]]:
        """What it says wherever the bot speaks, given all that was said before in the dialogue itself."""
        dialogues = list(dialogues)
        tensors = self.network.tensors(dialogues, self.vocabulary)
        said: list[Reply | None] = [None] * len(tensors)
        by_length = np.argsort([place for _, place in tensors.examples], kind="stable")
        for start in range(0, len(by_length), BATCH):
            some = by_length[start : start + BATCH]
            for index, reply in zip(some.tolist(), self.network.reply(tensors, some, evidence)):
                said[index] = reply
        replies = iter([reply for reply in said if reply is not None])
        return [[next(replies) for _ in dialogue.replies] for dialogue in dialogues]
