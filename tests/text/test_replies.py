import json

import numpy as np

from memnn.conversation import Dialogue, Row, Turn
from memnn.text.replies import ReplyTensors, ReplyVocabulary, line, story_of

TYPES = {"thai": "R_food", "siam": "name"}
ONE = Dialogue(
    (
        Turn("user", "thai"),
        Turn("bot", "ok"),
        Row("siam", "R_food", "thai"),
        Turn("user", "and"),
        Turn("bot", "siam"),
    ),
    candidates=("ok", "siam", "thai siam"),
    types=TYPES,
    task="1",
)
TWO = Dialogue((Turn("user", "hi"), Turn("bot", "hello")), candidates=("hello", "ok"), types=TYPES, task="6")


def test_who_speaks_is_a_word():
    assert line(Turn("user", "hi")) == "speaker_user hi"
    assert line(ONE.events[2]) == "speaker_kb siam R_food thai"
    story = story_of(ONE, 4)
    assert story.question == "speaker_user and" and len(story.facts) == 3
    assert story_of(Dialogue((Turn("bot", "hi"),)), 0).question == "speaker_user"


def test_candidates_of_each_dialogue():
    vocabulary = ReplyVocabulary.of_dialogues([ONE, TWO])
    batch = ReplyTensors([ONE, TWO], vocabulary).batch(np.arange(3))
    assert batch.candidates.lists.tolist() == [[True, True, True, False], [True, False, False, True]]
    assert (batch.list.tolist(), batch.answer.tolist()) == ([0, 0, 1], [0, 1, 3])
    assert batch.present.tolist() == [[True, False], [True, True], [False, False]]
    assert batch.candidates.entities.tolist() == [[-1, -1], [1, -1], [0, 1], [-1, -1]]
    assert [vocabulary.types[kind] for kind in batch.candidates.types.tolist()] == ["R_food", "name"]
    assert batch.share(1, 2).answer.tolist() == [1]


def test_without_candidates_the_replies_of_training_are():
    plain = [Dialogue(dialogue.events) for dialogue in (ONE, TWO)]
    tensors = ReplyTensors(plain, ReplyVocabulary.of_dialogues(plain))
    assert tensors.texts == ("ok", "siam", "hello")
    other = Dialogue((Turn("user", "hi"), Turn("bot", "never said")))
    assert ReplyTensors([other], ReplyVocabulary.of_dialogues(plain)).batch(np.arange(1)).answer.tolist() == [
        -1
    ]


def test_comes_back_from_json():
    vocabulary = ReplyVocabulary.of_dialogues([ONE, TWO])
    again = ReplyVocabulary.from_json(json.loads(json.dumps(vocabulary.to_json())))
    assert again.to_json() == vocabulary.to_json() and again.sizes == vocabulary.sizes
    assert "R_food" in vocabulary.describe()[1] and vocabulary.reply_kind("api_call x") == "api_call"
