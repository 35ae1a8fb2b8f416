import pytest
from question_answering.networks import reader

from memnn.question_answering.answering import QuestionAnswerer


@pytest.fixture
def net():
    return QuestionAnswerer({"": reader()})
