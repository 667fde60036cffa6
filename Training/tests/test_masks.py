"""What teaches the masks: the content encoder's weights and names, stills, and the objective."""

import queue
import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from livephoto_training.data.image_network import EPSILON, Concepts, WordNet, concepts, folded
from livephoto_training.export.tiny import configuration, random_model
from livephoto_training.model.image_network import same_convolution
from livephoto_training.train.clips import ClipPool
from livephoto_training.train.masks import MaskObjective
from livephoto_training.train.state import trained_parameters
from livephoto_training.train.stills import collate_stills

INDEX = """  1 licence
cat n 1 1 @ 1 0 00000002
tabby n 2 1 @ 2 0 00000003 00000009
tom_cat n 1 1 @ 1 0 00000004
car n 1 1 @ 1 0 00000005
"""
DATA = """  1 licence
00000001 03 n 02 animal 0 beast 0 001 @ 00000000 n 0000 | alive
00000002 05 n 01 cat 0 001 @ 00000001 n 0000 | purrs
00000003 05 n 02 tabby 0 tabby_cat 0 001 @ 00000002 n 0000 | striped
00000004 05 n 01 tom_cat 0 002 @ 00000002 n 0000 ~ 00000003 n 0000 | male
00000005 06 n 02 car 0 auto 0 001 @ 00000000 n 0000 | drives
00000000 03 n 01 entity 0 000 | all
"""


@pytest.fixture
def wordnet(tmp_path) -> WordNet:
    (tmp_path / "index.noun").write_text(INDEX)
    (tmp_path / "data.noun").write_text(DATA)
    return WordNet(tmp_path)


def test_classes_have_the_names_of_their_kinds(wordnet):
    weights = torch.randn(3, 8)
    found = concepts(["tabby", "tom cat", "car"], weights, wordnet)
    stands_for = {noun: np.flatnonzero(row).tolist() for noun, row in zip(found.nouns, found.members)}
    assert stands_for["tabby"] == stands_for["tabby cat"] == [0] and stands_for["auto"] == [2]
    assert stands_for["cat"] == stands_for["beast"] == [0, 1] and stands_for["entity"] == [0, 1, 2]
    assert np.allclose(found.prototypes.sum(0), 0, atol=1e-2)


def test_concepts_survive_their_file(wordnet, tmp_path):
    found = concepts(["tabby", "tom cat", "car"], torch.randn(3, 8), wordnet)
    found.save(tmp_path / "concepts.npz")
    again = Concepts.load(tmp_path / "concepts.npz")
    assert again.nouns == found.nouns and (again.members == found.members).all() and (again.prototypes == found.prototypes).all()
    assert all(found.members[again.draw(random.Random(seed))].any() for seed in range(20))


def test_same_padding_is_that_of_tensorflow():
    layer = nn.Conv2d(1, 1, 3, 2)
    with torch.no_grad():
        layer.weight.fill_(0)[0, 0, 0, 0] = 1
        layer.bias.fill_(0)
        x = torch.arange(16.0).view(1, 1, 4, 4)
        assert same_convolution(x, layer)[0, 0].tolist() == [[0, 2], [8, 10]]  # an even side: the border is right and below
        x = torch.arange(25.0).view(1, 1, 5, 5)
        assert same_convolution(x, layer)[0, 0].tolist() == [[0, 0, 0], [0, 6, 8], [0, 16, 18]]  # an odd one: on both sides


def test_folded_norms_change_nothing():
    torch.manual_seed(0)
    conv, norm = nn.Conv2d(3, 5, 3, bias=False), nn.BatchNorm2d(5, eps=EPSILON)
    with torch.no_grad():
        for tensor in (norm.weight, norm.bias, norm.running_mean):
            tensor.normal_()
        norm.running_var.uniform_(0.5, 2)
    state = {"_conv_stem.weight": conv.weight.detach(), "_conv_head.weight": conv.weight.detach()}
    state |= {f"_bn{n}.{name}": value for n in (0, 1) for name, value in norm.state_dict().items()}
    result, x = folded(state), torch.randn(2, 3, 8, 8)
    assert torch.allclose(norm.eval()(conv(x)), F.conv2d(x, result["stem.weight"], result["stem.bias"]), atol=1e-5)
    assert set(result) == {"stem.weight", "stem.bias", "head.weight", "head.bias"}


@pytest.mark.parametrize("trunk", [True, False])
def test_masks_and_names_are_learned(trunk, wordnet):
    torch.manual_seed(0)
    model = random_model(configuration(False, True), 1)
    named = concepts(["tabby", "tom cat", "car"], torch.randn(3, 16), wordnet)
    parameters = trained_parameters(model, freeze_image=False, masks_only=True)
    assert parameters and all(name.startswith("unet.motion_head.photo.") for name in parameters)
    objective = MaskObjective(model, named)
    stills = [{"photo": torch.randint(0, 256, (3, 48, 48), dtype=torch.uint8), "ids": torch.randint(0, 500, (12,)), "empty": torch.zeros(12, dtype=torch.int32),
               "masks": F.interpolate((torch.rand(1, 3, 3, 3) > 0.5).float(), size=(24, 24))[0].mul(255).byte(),
               "concept": torch.tensor([n % 3]), "concept_ids": torch.randint(0, 500, (1, 12))} for n in range(3)]
    batch = collate_stills(stills, 0.0, torch.Generator().manual_seed(0))
    optimiser, costs = torch.optim.AdamW(parameters.values(), lr=1e-2), []
    for _ in range(40):
        loss, measures = objective(batch, trunk)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        costs.append((measures["mask"].mean().item(), measures["concept"].mean().item()))
    assert costs[-1][0] < 0.6 * costs[0][0] and costs[-1][1] < costs[0][1]
    assert set(objective.found(batch)) == {"object", "object false", "region", "region false"}


def test_dropped_words_ask_for_nothing(wordnet):
    still = {"photo": torch.zeros(3, 16, 16, dtype=torch.uint8), "masks": torch.zeros(3, 8, 8, dtype=torch.uint8), "ids": torch.ones(4), "empty": torch.zeros(4)}
    batch = collate_stills([still] * 50, 0.5, torch.Generator().manual_seed(0))
    assert 10 < int(batch["told"].sum()) < 40 and (batch["ids"].sum(1) == 4 * batch["told"]).all()


class SlowQueue(queue.Queue):
    """Has something only for those who wait."""

    def get(self, block=True, timeout=None):
        if not block:
            raise queue.Empty
        return super().get(block, timeout)


def test_a_pool_waits_until_one_size_has_a_batch():
    pool = ClipPool.__new__(ClipPool)
    pool.clips, pool.capacity, pool.reuse, pool.patience, pool.produced, pool.consumed, pool.next_number = {}, 1200, 2.0, 4.0, 0, 0, 0
    pool.random, pool.queue, pool.processes = random.Random(1), SlowQueue(), [SimpleNamespace(is_alive=lambda: True)]
    for number in range(8):  # 96 of as many sizes as there are batches are no batch of one size
        pool.queue.put((number, {"photo": torch.zeros(16, 3, 8, 8 + number % 7), "family": ["jump"] * 16}))
    assert {clip["photo"].shape[-1] for clip in pool.batch(24)} == {8}
