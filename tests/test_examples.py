"""The examples that the README does not run."""

import subprocess
import sys
from pathlib import Path

from memnn.question_answering.reading import read_stories
from memnn.text.find_symbols import find_symbols
from memnn.worlds.folder import write_folder

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_a_story_of_words_never_seen_is_answered_rightly():
    command = [sys.executable, EXAMPLES / "rings.py"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "wrong" not in said
    asked = said.split("\n\n")[1:]
    assert len(asked) == 6
    assert "Where is the ring?\n  bonfire\n    because  15  Sigurd got the ring." in asked[0]
    assert all("because" in question for question in asked)


def test_of_a_library_all_readers_books_and_shelves_are_found(tmp_path):
    """A world of which nothing was made or set; the second seed tells other stories."""
    told = []
    for seed in ("1", "2"):
        command = [sys.executable, EXAMPLES / "library.py", "300", seed]
        told.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert len({*told[0].splitlines(), *told[1].splitlines()}) == 600
    (tmp_path / "library.jsonl").write_text(told[0], encoding="utf-8")
    symbols = find_symbols(read_stories(tmp_path / "library.jsonl", "all"))
    assert [len(words) for words in sorted(symbols.classes)] == [10, 6, 12]
    assert "red shelf" in sorted(symbols.classes)[1] and symbols.by_name == {}


def test_stories_are_shown_with_their_evidence(tmp_path):
    """As `make demo` ends."""
    write_folder(tmp_path / "stories", ("2", "12"), {"train": 20, "test": 20}, seed=3)
    command = [sys.executable, EXAMPLES / "show_answers.py", "pretrained", tmp_path / "stories", "2,12"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.count("%; right)") == 2 and "  hop " in said
    assert "Where is the ring?\n  -> mountain" in said


def test_answers_are_drawn(tmp_path):
    path = tmp_path / "answer.png"
    subprocess.run([sys.executable, EXAMPLES / "draw_answer.py", path], check=True)
    assert path.stat().st_size > 10_000


def test_a_bot_books_a_restaurant_that_training_never_had():
    command = [sys.executable, EXAMPLES / "restaurant.py"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    turns = [turn.split("\n", 1) for turn in said.removeprefix("> ").split("\n> ")]
    assert len(turns) == 15
    replies = dict(turns)
    assert replies["in valparaiso"].startswith("api_call peruvian valparaiso\nhow about Lima Nova")
    assert replies["instead could it be in porto"].startswith(
        "api_call peruvian porto\nhow about The Golden Llama"
    )
    assert replies["what is the weather like on the moon"].startswith("I am afraid")
    assert replies["do you have something else"].startswith("how about Casa Inca")
    assert replies["how about georgian food"].startswith("api_call georgian porto\nhow about Tbilisi Garden")
    phone = replies["what is the phone"]
    assert phone.startswith("here it is +351 22 411\n    because")
    assert phone.rstrip().endswith("Khachapuri House phone +351 22 411")
