"""Several processes that train one network, as `torchrun` starts them on one machine.

All of them do the same: read the stories, draw the same weights and the same order of batches, and
take the same step. Each computes the losses of its share of every batch, and the gradients are
added up, so what comes out is what one process makes of the whole batches, but for rounding and for
noise, which each draws by itself.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import torch
from accelerate import Accelerator, PartialState
from filelock import FileLock, Timeout
from jaxtyping import Float
from torch import Tensor, nn

from memnn.errors import UserError


def first_process() -> bool:
    """Whether this process is the only one, or the one that writes and reports."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def own_folder(out: Path) -> Iterator[Path]:
    """`out` for the first process. For any other a copy elsewhere that is thrown away.

    So all processes go on from the same state and write the same, and one of them for good. Raises UserError
    where another training of `out` is running.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        with _alone(out):
            yield out
        return
    with TemporaryDirectory() as elsewhere:
        if not first_process():
            begun, out = out.with_name(out.name + ".partial"), Path(elsewhere) / out.name
            if begun.exists():
                shutil.copytree(begun, out.with_name(begun.name))
        PartialState(cpu=True).wait_for_everyone()  # before the first process writes
        with _alone(out):
            yield out


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep other trainings on this machine from `out`, for as long as this process lives."""
    out = out.resolve()
    name = hashlib.sha256(str(out).encode()).hexdigest()[:32]
    lock = FileLock(Path(gettempdir()) / f"memnn-{name}.lock", timeout=0, mode=0o666)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(f"{out}: another training of it is running") from None
    try:
        yield
    finally:
        lock.release()


@torch.no_grad()
def add_up(accelerator: Accelerator, parameters: Iterable[nn.Parameter]) -> None:
    """Give every process the sum of all processes' gradients."""
    if accelerator.num_processes > 1:
        for parameter in parameters:
            gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            summed: Tensor = accelerator.reduce(gradient, "sum")
            parameter.grad = summed


def gather_shares(
    accelerator: Accelerator, losses: Float[Tensor, "restarts share"], questions: int
) -> Float[Tensor, "restarts batch"]:
    """The losses of the whole batch, each process having those of its share (`Batch.share`)."""
    processes = accelerator.num_processes
    if processes == 1:
        return losses
    whole = losses.new_zeros(len(losses), questions)
    whole[:, accelerator.process_index :: processes] = losses
    gathered: Tensor = accelerator.reduce(whole, "sum")
    return gathered
