"""The content encoder with a pyramid against an independent EfficientNet-Lite with batch norms. Skipped where that is not installed
(``pip install --no-deps efficientnet_lite_pytorch``).
"""

import pytest
import torch
from torch import nn

from livephoto_training.model.configuration import Configuration
from livephoto_training.model.image_network import EfficientNet

LITE0 = {
    "stem_channels": 32, "head_channels": 1280, "mean": [0.5, 0.48, 0.46], "std": [0.5, 0.5, 0.4],
    "stages": [[1, 16, 1, 3, 1], [2, 24, 6, 3, 2], [2, 40, 6, 5, 2], [3, 80, 6, 3, 2], [3, 112, 6, 5, 1], [4, 192, 6, 5, 2], [1, 320, 6, 3, 1]]}


def fold(into: nn.Conv2d, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    factor = norm.weight / (norm.running_var + norm.eps).sqrt()
    into.weight.copy_(convolution.weight * factor[:, None, None, None])
    into.bias.copy_(norm.bias - norm.running_mean * factor)


@torch.no_grad()
@pytest.mark.parametrize("size", [(96, 64), (75, 101)])
def test_features_are_those_of_the_network_with_norms(size):
    package = pytest.importorskip("efficientnet_lite_pytorch")
    torch.manual_seed(0)
    # Without an image size it pads by what comes, as TensorFlow does.
    theirs = package.EfficientNet.from_name("efficientnet-lite0", image_size=None).eval()
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.uniform_(0.5, 1.5)
            module.bias.normal_(0, 0.2)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    ours = EfficientNet(Configuration(LITE0)).eval()
    fold(ours.stem, theirs._conv_stem, theirs._bn0)
    fold(ours.head, theirs._conv_head, theirs._bn1)
    assert len(ours.blocks) == len(theirs._blocks)
    for mine, block in zip(ours.blocks, theirs._blocks):
        if mine.expand is not None:
            fold(mine.expand, block._expand_conv, block._bn0)
        fold(mine.depthwise, block._depthwise_conv, block._bn1)
        fold(mine.project, block._project_conv, block._bn2)
    seen = []
    for block, mine in zip(theirs._blocks, ours.blocks):
        if mine.depthwise.stride[0] > 1:
            block.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    theirs._conv_head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    image = torch.randn(2, 3, *size)
    expected = theirs.extract_features(image)
    mean, deviation = (torch.tensor(LITE0[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
    pyramid = ours(image * deviation + mean)
    for got, wanted in zip(pyramid, [*seen, expected], strict=True):
        assert got.shape == wanted.shape
        assert (got - wanted).abs().max() < 1e-4 * wanted.abs().max()


def test_pyramid_channels_are_those_of_the_features():
    short = LITE0 | {"stages": [[2, 8, 2, 3, 2], [1, 10, 2, 3, 2], [1, 12, 2, 3, 1], [1, 14, 2, 5, 2], [1, 16, 2, 7, 2]]}
    for values in (LITE0, short):
        config = Configuration(values)
        pyramid = EfficientNet(config)(torch.rand(1, 3, 40, 33))
        assert [x.shape[1] for x in pyramid] == EfficientNet.pyramid_channels(config)
        assert [tuple(x.shape[2:]) for x in pyramid] == [(20, 17), (10, 9), (5, 5), (3, 3), (2, 2), (2, 2)]
