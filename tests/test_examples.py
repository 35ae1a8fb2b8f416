"""The examples that the README does not run."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_a_story_of_words_never_seen_is_answered_rightly():
    command = [sys.executable, EXAMPLES / "rings.py"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "wrong" not in said
    asked = said.split("\n\n")[1:]
    assert len(asked) == 6
    assert "Where is the ring?\n  bonfire\n    because  15  Sigurd got the ring." in asked[0]
    assert all("because" in question for question in asked)
