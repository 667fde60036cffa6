"""A small U-Net over what the content encoder sees in the photo, told by the words: where what they name is (Models/FORMAT.md).

Letters: B clips, H x W working pixels, C trunk channels, L text tokens, T content tokens, D text width, E width of the embedding,
K channels of the content encoder's head.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .unet_blocks import Context, Embedding, ResnetBlock, spatial_transformer


class ConceptQuery(nn.Module):
    """What the words' thing would look like to the content encoder's head: a classifier's weights made from words.

    Pictures of named things are few; but the head once told a thousand classes apart, and what it looked for is taught with their names
    (``train.masks``), so that things are found that no training picture showed.
    """

    def __init__(self, text_width: int, head: int):
        super().__init__()
        self.attention = nn.Linear(text_width, 1)
        self.linear_1 = nn.Linear(text_width, 2 * text_width)
        self.linear_2 = nn.Linear(2 * text_width, head)

    def forward(self, text: Tensor) -> Tensor:
        """text [B, L, D] to [B, K]"""
        named = (torch.softmax(self.attention(text), 1) * text).sum(1)  # [B, D]
        return self.linear_2(F.silu(self.linear_1(named)))


class MaskUNet(nn.Module):
    """Comes up from 1/32 of the photo's size to 1/2; the video UNet's features join at 1/8."""

    def __init__(self, trunk: int, config: Configuration, text_width: int, pyramid: list[int]):
        super().__init__()
        widths, embedding = config.motion_head.photo_channels, 4 * config.block_out_channels[0]
        self.text_embedding = Embedding(text_width, embedding)
        self.query = ConceptQuery(text_width, pyramid[-1])
        self.laterals = nn.ModuleList([nn.Conv2d(seen, width, 1) for seen, width in zip(pyramid, [*widths, widths[3]])])
        self.likeness = nn.Conv2d(2, widths[3], 1)
        self.resnet_deep = ResnetBlock(widths[3], widths[3], config, embedding)
        self.attention = spatial_transformer(widths[3], config)
        self.resnets_mid = nn.ModuleList([ResnetBlock(widths[3], widths[3], config, embedding) for _ in range(2)])
        self.trunk_norm = nn.GroupNorm(config.norm_num_groups, trunk, config.norm_eps)
        self.trunk_proj = nn.Conv2d(trunk, widths[2], 1)
        self.narrow = nn.ModuleList([nn.Conv2d(wide, slim, 1) for slim, wide in reversed(list(zip(widths, widths[1:])))])
        self.resnets_up = nn.ModuleList([ResnetBlock(width, width, config, embedding) for width in (widths[2], widths[1])])
        self.norm_out = nn.GroupNorm(config.norm_num_groups, widths[0], config.norm_eps)
        self.conv_out_1 = nn.Conv2d(widths[0], widths[0], 3, padding=1)
        self.conv_out_2 = nn.Conv2d(widths[0], 3, 3, padding=1)

    def forward(self, pyramid: list[Tensor], trunk: Tensor, text_bag: Tensor, text: Tensor, content: Tensor | None) -> Tensor:
        """Logits of object, region and depth, [B, 3, H / 2, W / 2].

        pyramid: the content encoder's; trunk [B, C, H / 8, W / 8]; text_bag [B, D] and text [B, L, D], means over the frames; content [B, T, D]
        """
        embedding = F.silu(self.text_embedding(text_bag))  # [B, E]; the resnets apply another SiLU, as they do to any embedding
        context = Context(embedding, text, content, embedding[:, :1])
        half, quarter, eighth, sixteenth, h = [layer(seen) for layer, seen in zip(self.laterals, pyramid)]  # c0, c1, c2, c3, c3 channels
        h = self.resnet_deep(h + self.likeness(self.alike(pyramid[-1], self.query(text))), context)  # [B, c3, H / 32, W / 32]
        h = self.resnets_mid[0](self.enlarged(h, sixteenth), context)  # [B, c3, H / 16, W / 16]
        h = self.resnets_mid[1](self.attention(h, text, content), context)
        h = self.enlarged(self.narrow[0](h), eighth) + self.trunk_proj(F.silu(self.trunk_norm(trunk)))
        h = self.resnets_up[0](h, context)  # [B, c2, H / 8, W / 8]
        h = self.resnets_up[1](self.enlarged(self.narrow[1](h), quarter), context)
        h = self.norm_out(self.enlarged(self.narrow[2](h), half))
        return self.conv_out_2(F.silu(self.conv_out_1(F.silu(h))))

    @staticmethod
    def alike(head: Tensor, query: Tensor) -> Tensor:
        """How much each place is what is asked for: as such, and against the rest of the photo. [B, K, h, w] and [B, K] to [B, 2, h, w]"""
        score = torch.einsum("bkhw,bk->bhw", head, query)[:, None] / 8
        rest = score - score.mean((2, 3), keepdim=True)
        return torch.cat([score, rest / (rest.square().mean((2, 3), keepdim=True) + 0.01).sqrt()], 1)

    @staticmethod
    def enlarged(x: Tensor, beside: Tensor) -> Tensor:
        """Nearest to the size of what is seen there, and that added."""
        return F.interpolate(x, size=beside.shape[-2:], mode="nearest") + beside
