import numpy as np
import torch

from memnn.output_map.count_read import CountRead
from memnn.output_map.kneser_ney import KneserNey


def test_the_share_of_the_counts_is_the_equation():
    read = CountRead(KneserNey(np.arange(9), 9, 2), 0.25)
    mixed = read.mix(torch.tensor([0.5, 0.1]), torch.tensor([0.1, 0.9]))
    torch.testing.assert_close(mixed, torch.tensor([0.75 * 0.5 + 0.025, 0.075 + 0.25 * 0.9]))
