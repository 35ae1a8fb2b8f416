"""Published data: a closed list of archives, downloaded once, checked and unpacked in a cache folder.

The cache is the operating system's for `memnn`; the environment variable MEMNN_CACHE moves it.
"""

import os
import re
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import pooch
from tqdm import tqdm  # type: ignore[import-untyped]

from memnn.errors import UserError


@dataclass(frozen=True)
class Dataset:
    """A tar archive at an address."""

    url: str
    size: int  # bytes of the archive
    sha256: str  # of the archive
    licence: str
    holds: str  # for people choosing one
    folders: str  # pattern of the folders with the data, wherever in the archive they are


DATASETS = {
    "babi": Dataset(
        url="https://dl.fbaipublicfiles.com/parlai/babi/babi.tar.gz",
        size=19_212_062,
        sha256="f7f0bee187efca0d81c3daac1b162cda4eb7f9505dee5ad6846eabbed3dbf92e",
        licence="CC BY 3.0",
        holds="the 20 bAbI tasks, 1,000 and 10,000 questions each, in English, Hindi and shuffled letters",
        folders="en*",
    ),
}


def available_datasets() -> tuple[str, ...]:
    """The names that `get_dataset` knows; DATASETS tells more of each."""
    return tuple(DATASETS)


def get_dataset(name: str, url: str | None = None, sha256: str | None = None) -> Path:
    """The folder with the data, downloaded if it is not in the cache; for `babi` the one that holds `en`.

    Another `url` serves the same archive from elsewhere, unless it comes with a `sha256` of its own.

    Raises UserError when there is no such data, or it cannot be downloaded, checked, unpacked or kept;
    the cache is then as it was.
    """
    if name not in DATASETS:
        raise UserError(f"expected a dataset among {', '.join(DATASETS)}; found {name!r}")
    dataset = DATASETS[name]
    url, sha256 = url or dataset.url, (sha256 or dataset.sha256).lower()
    if not url.startswith(("http://", "https://")):
        raise UserError(f"expected an address that begins with https:// or http://, found {url!r}")
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise UserError(f"expected a SHA-256 of 64 hexadecimal digits, found {sha256!r}")
    cache = Path(os.environ.get("MEMNN_CACHE") or pooch.os_cache("memnn")).expanduser()
    kept = cache / f"{name}-{sha256[:12]}"
    try:
        if not kept.is_dir():
            cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache, prefix=".partial-") as partial:
                archive = _download(name, dataset.size, url, sha256, Path(partial))
                unpacked = _unpack(archive, dataset.folders, url)
                try:
                    unpacked.rename(kept)
                except OSError:
                    if not kept.is_dir():  # if it is, another process was faster
                        raise
        return _parent_of(kept, dataset.folders, kept)
    except OSError as error:  # of the network (requests' errors are among them) or of the disk
        reason = " ".join(str(error).split())
        raise UserError(f"cannot get {name} from {url} into {cache}: {reason}") from None


def _download(name: str, size: int, url: str, sha256: str, folder: Path) -> Path:
    """The archive, its hash checked. On a terminal standard error shows a bar, wiped when done."""
    pooch.get_logger().setLevel("WARNING")  # it tells of a file that will not stay
    with tqdm(desc=name, total=size, unit="B", unit_scale=True, leave=False, disable=None) as bar:
        downloader = pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16)
        try:
            return Path(pooch.retrieve(url, f"sha256:{sha256}", "archive.tar", folder, downloader=downloader))
        except OSError:
            raise
        except ValueError:
            expected = f"expected a file with SHA-256 {sha256}, found another or part of one"
            raise UserError(f"{url}: {expected}") from None


def _unpack(archive: Path, folders: str, url: str) -> Path:
    """The archive's content in a folder beside it, nothing of it outside.

    Not by `pooch.Untar`, which filters members only from Python 3.12 and leaves half a folder if stopped.
    """
    unpacked = archive.with_suffix("")
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise UserError(f"{url}: expected a tar archive: {' '.join(str(error).split())}") from None
    _parent_of(unpacked, folders, url)
    return unpacked


def _parent_of(folder: Path, folders: str, where: Path | str) -> Path:
    """The folder nearest the top that holds folders with the data."""
    found = [path.parent for path in folder.rglob(folders) if path.is_dir()]
    if not found:
        raise UserError(f"{where}: expected folders named {folders}, found none")
    return min(found, key=lambda path: (len(path.parts), path))
