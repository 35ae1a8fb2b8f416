import hashlib
import io
import logging
import os
import socket
import tarfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pooch
import pytest

from memnn.errors import UserError
from memnn.question_answering import datasets
from memnn.question_answering.babi import read_babi
from memnn.question_answering.datasets import DATASETS, available_datasets, get_dataset

BABI = b"1 Mary went home.\n2 Where is Mary?\thome\t1\n"
INSIDE = "tasks_1-20_v1-2/en-valid/qa1_train.txt"


def archive(**files):
    """A tar.gz as bytes; a value of text is where a symbolic link points."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def sha256(raw):
    return hashlib.sha256(raw).hexdigest()


class Server:
    """Serves one file on the loopback and counts how often."""

    def __init__(self):
        self.content, self.promised, self.requests, self.status = b"", None, 0, 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests += 1
                self.send_response(outer.status)
                if outer.promised != "nothing":
                    self.send_header("Content-Length", str(outer.promised or len(outer.content)))
                self.end_headers()
                self.wfile.write(outer.content)

            def log_message(self, *_):
                pass

        self._http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/babi.tar.gz"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def serve(self, content, monkeypatch):
        self.content = content
        monkeypatch.setitem(DATASETS, "babi", replace(DATASETS["babi"], url=self.url, sha256=sha256(content)))

    def stop(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MEMNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "cache"


def message(*arguments):
    with pytest.raises(UserError) as caught:
        get_dataset(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_the_closed_list():
    assert available_datasets() == ("babi",)
    assert DATASETS["babi"].size == 19_212_062
    assert len(DATASETS["babi"].sha256) == 64
    assert "among babi" in message("squad")


def test_downloaded_once_then_offline(server, cache, monkeypatch, capsys):
    server.serve(archive(**{"english.txt": b"a file", INSIDE: BABI}), monkeypatch)
    folder = get_dataset("babi")
    assert os.listdir(folder) == ["en-valid"]
    assert len(read_babi(folder / "en-valid", "train")) == 1
    assert sorted(path.name for path in files_in(cache)) == ["english.txt", "qa1_train.txt"]
    server.stop()
    assert get_dataset("babi") == folder
    assert server.requests == 1
    assert capsys.readouterr().out == ""


def test_the_bar_goes_to_a_terminal_and_to_standard_error(server, monkeypatch, capsys, caplog):
    server.serve(archive(**{INSIDE: BABI}), monkeypatch)
    logger = pooch.get_logger()
    monkeypatch.setattr(logger, "level", logging.INFO)
    monkeypatch.setattr(logger, "handlers", [caplog.handler])
    get_dataset("babi")
    assert capsys.readouterr() == ("", "")
    assert not caplog.records
    server.serve(archive(**{INSIDE: BABI * 2}), monkeypatch)
    bar = datasets.tqdm
    monkeypatch.setattr(datasets, "tqdm", lambda **options: bar(**options | {"disable": False}))
    get_dataset("babi")
    said = capsys.readouterr()
    assert "babi:   0%|" in said.err and said.out == ""
    assert said.err.endswith("\r")  # wiped


def test_another_address_and_another_hash(server, cache, monkeypatch):
    server.content = archive(**{INSIDE: BABI * 2})
    assert "expected a file with SHA-256 f7f0bee1" in message("babi", server.url)
    folder = get_dataset("babi", server.url, sha256(server.content).upper())
    assert (folder / "en-valid" / "qa1_train.txt").read_bytes() == BABI * 2
    server.serve(archive(**{INSIDE: BABI}), monkeypatch)
    assert get_dataset("babi") != folder
    assert "https://" in message("babi", "ftp://127.0.0.1/babi.tar.gz")
    assert "64 hexadecimal digits" in message("babi", server.url, "../" * 30)


def test_a_wrong_hash_leaves_nothing(server, cache, monkeypatch):
    server.serve(archive(**{INSIDE: BABI}), monkeypatch)
    server.content = archive(**{INSIDE: BABI * 2})
    assert "expected a file with SHA-256" in message("babi")
    assert os.listdir(cache) == []


@pytest.mark.parametrize("promised", ["nothing", 10_000])
def test_a_truncated_download_leaves_nothing(server, cache, monkeypatch, promised):
    whole = archive(**{INSIDE: BABI})
    server.serve(whole, monkeypatch)
    server.content, server.promised = whole[: len(whole) // 2], promised
    assert server.url in message("babi")
    assert os.listdir(cache) == []
    server.content, server.promised = whole, None
    assert get_dataset("babi").is_dir()


def test_a_server_that_is_not_there(server, cache):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/babi.tar.gz"
    assert f"cannot get babi from {url}" in message("babi", url)
    server.status = 404
    assert "404" in message("babi", server.url)
    assert "cannot get babi" in message("babi", "http://")
    assert os.listdir(cache) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"no archive", "expected a tar archive"),
        (archive(**{INSIDE: BABI * 999})[:-40], "expected a tar archive"),
        (archive(**{"readme.txt": BABI}), "expected folders named en*, found none"),
        (archive(**{INSIDE: BABI, "../outside.txt": BABI}), "outside"),
        (archive(**{INSIDE: BABI, "en/link": "/etc/passwd"}), "link"),
    ],
)
def test_an_archive_that_is_no_good_leaves_nothing(server, cache, monkeypatch, content, expected):
    server.serve(content, monkeypatch)
    assert expected in message("babi")
    assert os.listdir(cache) == [] and files_in(cache.parent) == []


def test_a_full_disk_leaves_nothing(server, cache, monkeypatch):
    server.serve(archive(**{INSIDE: BABI}), monkeypatch)

    def full(*_, **__):
        raise OSError(28, "No space left\non device")

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", full)
        assert "No space left on device" in message("babi")
    assert os.listdir(cache) == []
    cache.rmdir()
    cache.write_text("a file where the cache should be")
    assert "cannot get babi" in message("babi")


def test_another_process_may_be_faster(server, cache, monkeypatch):
    server.serve(archive(**{INSIDE: BABI}), monkeypatch)
    extract = tarfile.TarFile.extractall

    def extract_twice(tar, path, **options):
        extract(tar, path, **options)
        extract(tar, cache / f"babi-{sha256(server.content)[:12]}", **options)

    monkeypatch.setattr(tarfile.TarFile, "extractall", extract_twice)
    assert os.listdir(get_dataset("babi")) == ["en-valid"]
    assert len(os.listdir(cache)) == 1


def test_a_cache_that_lost_its_data_is_named(server, cache, monkeypatch):
    server.serve(archive(**{INSIDE: BABI}), monkeypatch)
    folder = get_dataset("babi")
    folder.rename(cache / "elsewhere")
    assert str(folder.parent) in message("babi")


def test_a_tilde_in_the_cache_means_home(server, tmp_path, monkeypatch):
    server.serve(archive(**{INSIDE: BABI}), monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MEMNN_CACHE", "~/kept")
    assert get_dataset("babi").is_relative_to(tmp_path / "kept")
