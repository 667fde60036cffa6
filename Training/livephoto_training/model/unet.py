"""The video UNet: diffusers' UNetMotionModel with LivePhoto's additions (Models/FORMAT.md).

Letters: B clips, F frames, C channels, h x w latent cells, L text tokens, T content tokens, D text width, E width of the embedding.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .motion_heads import LayerHead, LayerPrediction, MotionHead, MotionPrediction
from .transformer import clip_group_norm
from .unet_blocks import Block, Context, Embedding, MidBlock, Resampler, time_features


@dataclass
class UNetOutput:
    """The network's output e [B, F, C, h, w], and the motion where there is a motion head."""

    sample: Tensor
    motion: MotionPrediction | LayerPrediction | None


class VideoUNet(nn.Module):
    """Denoises the latents of a clip, told by text, photo, frame number and motion intensity."""

    def __init__(self, config: Configuration, text_width: int, pyramid: list[int] | None = None):
        """pyramid: channels of the content encoder's, for heads that look at it"""
        super().__init__()
        self.config = config
        widths, layers = config.block_out_channels, config.layers_per_block
        embedding = 4 * widths[0]
        motion = bool(config.use_motion_modules)
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.time_embedding = Embedding(widths[0], embedding)
        if config.conditioning_embedding:
            if config.conditioning_embedding.frame or config.conditioning_embedding.level:
                self.conditioning_embedding = Embedding(2 * widths[0], embedding)
            if config.conditioning_embedding.text:
                self.text_embedding_proj = nn.Linear(text_width, embedding)
        if config.image_cross_attention:
            self.content_proj = nn.Linear(config.image_embedding_dim, config.cross_attention_dim)

        self.down_blocks = nn.ModuleList()
        skips = [widths[0]]  # channels of the stored activations, in order
        for level, (kind, width) in enumerate(zip(config.down_block_types, widths)):
            shapes = [(skips[-1] if i == 0 else width, width) for i in range(layers)]
            block = Block(shapes, config, embedding, kind.startswith("CrossAttn"), motion)
            skips += [width] * layers
            if level + 1 < len(widths):
                block.downsamplers = nn.ModuleList([Resampler(width, down=True)])
                skips.append(width)
            self.down_blocks.append(block)

        self.mid_block = MidBlock(widths[-1], config, embedding)

        self.up_blocks = nn.ModuleList()
        channels = widths[-1]
        for level, (kind, width) in enumerate(zip(config.up_block_types, reversed(widths))):
            shapes = []
            for _ in range(layers + 1):
                shapes.append((channels + skips.pop(), width))
                channels = width
            block = Block(shapes, config, embedding, kind.startswith("CrossAttn"), motion)
            if level + 1 < len(widths):
                block.upsamplers = nn.ModuleList([Resampler(width, down=False)])
            self.up_blocks.append(block)

        self.conv_norm_out = nn.GroupNorm(config.norm_num_groups, channels, config.norm_eps)
        self.conv_out = nn.Conv2d(channels, config.out_channels, 3, padding=1)
        self.motion_head = None
        if config.motion_head:
            layered = config.motion_head.get("layers", False)
            self.motion_head = LayerHead(channels, config, text_width, pyramid) if layered else MotionHead(channels, config, embedding)

    def embed(self, time: Tensor, progress: Tensor, level: Tensor, text_bag: Tensor | None) -> Tensor:
        """One embedding per frame. time [B], progress n/(F-1) [B, F], level [B, F], text_bag [B, F, D] to [B, F, E]."""
        width = self.config.block_out_channels[0]
        embedding = self.time_embedding(time_features(time, width))[:, None].expand(-1, progress.shape[1], -1)
        if hasattr(self, "conditioning_embedding"):
            features = torch.cat([time_features(1000 * progress, width), time_features(100 * level, width)], dim=-1)
            embedding = embedding + self.conditioning_embedding(features)
        if hasattr(self, "text_embedding_proj"):
            embedding = embedding + self.text_embedding_proj(text_bag)
        return embedding

    def forward(self, x: Tensor, time: Tensor, positions: Tensor, progress: Tensor, level: Tensor, text: Tensor,
                text_bag: Tensor | None = None, content: Tensor | None = None, pyramid: list[Tensor] | None = None) -> UNetOutput:
        """One prediction.

        x [B, F, C_in, h, w] in the order of the configuration's layout; time [B] in training steps; positions [B, F] for the motion
        modules; progress [B, F] = n/(F-1); level [B, F]; text states [B, F, L, D]; text_bag [B, F, D]; content tokens [B, T, D_c]
        before ``content_proj``; pyramid of the content encoder, for heads that look at it.
        """
        clips, frames = x.shape[:2]
        embedding = self.embed(time, progress, level, text_bag).flatten(0, 1)
        content = self.content_proj(content) if content is not None and self.config.image_cross_attention else None
        context = Context(embedding, text.flatten(0, 1), content, positions)

        h = self.conv_in(x.flatten(0, 1).contiguous(memory_format=torch.channels_last))  # [B F, C, h, w]
        skips = [h]
        for block in self.down_blocks:
            for index in range(len(block.resnets)):
                h = block.layer(index, h, context)
                skips.append(h)
            for resampler in getattr(block, "downsamplers", ()):
                h = resampler(h)
                skips.append(h)

        h = self.mid_block(h, context)

        for block in self.up_blocks:
            for index in range(len(block.resnets)):
                h = block.layer(index, torch.cat([h, skips.pop()], dim=1), context)
            for resampler in getattr(block, "upsamplers", ()):
                h = resampler(h, skips[-1].shape[-2:])

        motion = None
        if isinstance(self.motion_head, LayerHead):
            motion = self.motion_head(h.unflatten(0, (clips, frames)), text_bag, text, level, pyramid, content)
        elif self.motion_head is not None:
            dense, affine = self.motion_head(h, embedding)
            motion = MotionPrediction(dense.unflatten(0, (clips, frames)), affine.unflatten(0, (clips, frames)))
        clip_norm = self.config.resnet_norm_scope == "clip"
        h = self.conv_out(F.silu(clip_group_norm(self.conv_norm_out, h, frames) if clip_norm else self.conv_norm_out(h)))
        return UNetOutput(h.unflatten(0, (clips, frames)), motion)
