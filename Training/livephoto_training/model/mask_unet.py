"""A small U-Net over the photo itself, told by the words: it draws the outlines that latent cells are too coarse for (Models/FORMAT.md).

Letters: B clips, H x W working pixels, C trunk channels, L text tokens, T content tokens, D text width, E width of the embedding.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .unet_blocks import Context, Embedding, Resampler, ResnetBlock, spatial_transformer


class MaskUNet(nn.Module):
    """Looks at the photo at 1/2 to 1/16 of its size; the video UNet's features join at 1/8."""

    def __init__(self, trunk: int, config: Configuration, text_width: int):
        super().__init__()
        widths, embedding = config.motion_head.photo_channels, 4 * config.block_out_channels[0]
        self.text_embedding = Embedding(text_width, embedding)
        self.conv_in = nn.Conv2d(3, widths[0], 3, stride=2, padding=1)
        self.downsamplers = nn.ModuleList([Resampler(*pair, down=True) for pair in zip(widths, widths[1:])])
        self.resnets_down = nn.ModuleList([ResnetBlock(width, width, config, embedding) for width in widths[1:]])
        self.attention = spatial_transformer(widths[3], config)
        self.resnet_mid = ResnetBlock(widths[3], widths[3], config, embedding)
        self.trunk_norm = nn.GroupNorm(config.norm_num_groups, trunk, config.norm_eps)
        self.trunk_proj = nn.Conv2d(trunk, widths[2], 1)
        self.narrow = nn.ModuleList([nn.Conv2d(wide, slim, 1) for slim, wide in reversed(list(zip(widths, widths[1:])))])
        self.resnets_up = nn.ModuleList([ResnetBlock(width, width, config, embedding) for width in (widths[2], widths[1])])
        self.norm_out = nn.GroupNorm(config.norm_num_groups, widths[0], config.norm_eps)
        self.conv_out_1 = nn.Conv2d(widths[0], widths[0], 3, padding=1)
        self.conv_out_2 = nn.Conv2d(widths[0], 3, 3, padding=1)

    def forward(self, photo: Tensor, trunk: Tensor, text_bag: Tensor, text: Tensor, content: Tensor | None) -> Tensor:
        """Logits of object, region and depth, [B, 3, H / 2, W / 2].

        photo [B, 3, H, W] in [0, 1]; trunk [B, C, H / 8, W / 8]; text_bag [B, D] and text [B, L, D], means over the frames; content [B, T, D]
        """
        embedding = F.silu(self.text_embedding(text_bag))  # [B, E]; the resnets apply another SiLU, as they do to any embedding
        context = Context(embedding, text, content, embedding[:, :1])
        half = self.conv_in((2 * photo - 1).contiguous(memory_format=torch.channels_last))  # [B, c0, H / 2, W / 2]
        quarter = self.resnets_down[0](self.downsamplers[0](half), context)  # [B, c1, H / 4, W / 4]
        eighth = self.resnets_down[1](self.downsamplers[1](quarter), context)  # [B, c2, H / 8, W / 8]
        h = self.resnets_down[2](self.downsamplers[2](eighth), context)  # [B, c3, H / 16, W / 16]
        h = self.resnet_mid(self.attention(h, context.text, context.content), context)
        h = self.enlarged(self.narrow[0](h), eighth) + self.trunk_proj(F.silu(self.trunk_norm(trunk)))
        h = self.resnets_up[0](h, context)
        h = self.resnets_up[1](self.enlarged(self.narrow[1](h), quarter), context)
        h = self.norm_out(self.enlarged(self.narrow[2](h), half))
        return self.conv_out_2(F.silu(self.conv_out_1(F.silu(h))))

    @staticmethod
    def enlarged(x: Tensor, beside: Tensor) -> Tensor:
        """Nearest to the size of the way down, and that added."""
        return F.interpolate(x, size=beside.shape[-2:], mode="nearest") + beside
