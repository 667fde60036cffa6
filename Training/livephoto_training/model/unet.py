"""The video UNet: diffusers' UNetMotionModel with LivePhoto's additions (Models/FORMAT.md).

Letters: B clips, F frames, C channels, h x w latent cells, L text tokens, T content tokens, E width of the embedding,
P width of the sinusoidal time features.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .motion_program import MotionProgram, Program
from .transformer import MotionModule, SpatialTransformer, clip_group_norm


@dataclass
class MotionPrediction:
    """What the dense motion head says: dense [B, F, 3, r h, r w] = (u, v, g) and global [B, F, 9] = six affine numbers and a tint."""

    dense: Tensor
    affine: Tensor


@dataclass
class LayerPrediction:
    """What the layered motion head says: logits of the masks (object, region, depth) [B, 3, r h, r w], and the program."""

    logits: Tensor
    program: Program

    @property
    def masks(self) -> Tensor:
        return torch.sigmoid(self.logits)


@dataclass
class UNetOutput:
    """The network's output e [B, F, C, h, w], and the motion where there is a motion head."""

    sample: Tensor
    motion: MotionPrediction | LayerPrediction | None


def time_features(values: Tensor, width: int) -> Tensor:
    """Sinusoidal features, cosines first. values [...] to [..., width]."""
    half = width // 2
    rates = torch.exp(torch.arange(half, device=values.device, dtype=torch.float32) * (-math.log(10000.0) / half))
    angles = values[..., None].float() * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class Embedding(nn.Module):
    """Linear, SiLU, linear."""

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        self.linear_1 = nn.Linear(channels_in, channels_out)
        self.linear_2 = nn.Linear(channels_out, channels_out)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear_2(F.silu(self.linear_1(x)))


class Context:
    """What every layer may look at during one forward pass."""

    def __init__(self, embedding: Tensor, text: Tensor, content: Tensor | None, positions: Tensor):
        self.embedding = embedding  # [B F, E]
        self.text = text  # [B F, L, D]
        self.content = content  # [B, T, D] or None
        self.positions = positions  # [B, F]


class ResnetBlock(nn.Module):
    """Two convolutions beside a shortcut; the embedding shifts, or scales and shifts, what the second one sees."""

    def __init__(self, channels_in: int, channels_out: int, config: Configuration, embedding: int):
        super().__init__()
        self.scale_shift = config.resnet_time_scale_shift == "scale_shift"
        self.clip_norm = config.resnet_norm_scope == "clip"
        self.norm1 = nn.GroupNorm(config.norm_num_groups, channels_in, config.norm_eps)
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.time_emb_proj = nn.Linear(embedding, channels_out * (2 if self.scale_shift else 1))
        self.norm2 = nn.GroupNorm(config.norm_num_groups, channels_out, config.norm_eps)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else None

    def forward(self, x: Tensor, context: Context) -> Tensor:
        h = self.conv1(F.silu(self.normalise(self.norm1, x, context)))
        embedded = self.time_emb_proj(F.silu(context.embedding))[:, :, None, None]
        if self.scale_shift:
            scale, shift = embedded.chunk(2, dim=1)
            h = self.normalise(self.norm2, h, context) * (1 + scale) + shift
        else:
            h = self.normalise(self.norm2, h + embedded, context)
        h = self.conv2(F.silu(h))
        return h + (x if self.conv_shortcut is None else self.conv_shortcut(x))

    def normalise(self, norm: nn.GroupNorm, x: Tensor, context: Context) -> Tensor:
        return clip_group_norm(norm, x, context.positions.shape[1]) if self.clip_norm else norm(x)


class Resampler(nn.Module):
    """Halves both sides by a strided convolution, or enlarges to a given size (nearest) and convolves."""

    def __init__(self, channels: int, down: bool):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2 if down else 1, padding=1)

    def forward(self, x: Tensor, size: tuple[int, int] | None = None) -> Tensor:
        return self.conv(x if size is None else F.interpolate(x, size=size, mode="nearest"))


class Block(nn.Module):
    """The layers of one resolution on one side of the U, each a resnet, a spatial transformer (or none) and a motion module."""

    def __init__(self, widths: list[tuple[int, int]], config: Configuration, embedding: int, attention: bool, motion: bool):
        super().__init__()
        channels = widths[-1][1]
        self.resnets = nn.ModuleList([ResnetBlock(i, o, config, embedding) for i, o in widths])
        if attention:
            self.attentions = nn.ModuleList([spatial_transformer(channels, config) for _ in widths])
        if motion:
            self.motion_modules = nn.ModuleList([motion_module(channels, config) for _ in widths])

    def layer(self, index: int, x: Tensor, context: Context) -> Tensor:
        x = self.resnets[index](x, context)
        if hasattr(self, "attentions"):
            x = self.attentions[index](x, context.text, context.content)
        if hasattr(self, "motion_modules"):
            x = self.motion_modules[index](x, context.positions)
        return x


class MidBlock(nn.Module):
    """Resnet, transformer, motion module, resnet."""

    def __init__(self, channels: int, config: Configuration, embedding: int):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(channels, channels, config, embedding) for _ in range(2)])
        self.attentions = nn.ModuleList([spatial_transformer(channels, config)])
        if config.use_motion_modules and config.get("use_motion_mid_block", True):
            self.motion_modules = nn.ModuleList([motion_module(channels, config)])

    def forward(self, x: Tensor, context: Context) -> Tensor:
        x = self.resnets[0](x, context)
        x = self.attentions[0](x, context.text, context.content)
        if hasattr(self, "motion_modules"):
            x = self.motion_modules[0](x, context.positions)
        return self.resnets[1](x, context)


def spatial_transformer(channels: int, config: Configuration) -> SpatialTransformer:
    return SpatialTransformer(channels, config.num_attention_heads, config.norm_num_groups, config.cross_attention_dim,
                              bool(config.image_cross_attention), bool(config.use_linear_projection))


def motion_module(channels: int, config: Configuration) -> MotionModule:
    return MotionModule(channels, config.motion_num_attention_heads, config.norm_num_groups, config.motion_norm_scope == "clip")


class MotionHead(nn.Module):
    """Dense flow and brightness from the features, a global affine flow and tint from the embedding."""

    def __init__(self, channels: int, config: Configuration, embedding: int):
        super().__init__()
        hidden, self.upscale = config.motion_head.hidden_channels, config.motion_head.upscale
        self.norm = nn.GroupNorm(config.norm_num_groups, channels, config.norm_eps)
        self.conv_1 = nn.Conv2d(channels, hidden, 3, padding=1)
        self.conv_2 = nn.Conv2d(hidden, 3 * self.upscale ** 2, 3, padding=1)
        self.affine_1 = nn.Linear(embedding, hidden)
        self.affine_2 = nn.Linear(hidden, 9)

    def forward(self, x: Tensor, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """x [B F, C, h, w], embedding [B F, E] to dense [B F, 3, r h, r w] and affine [B F, 9]."""
        dense = self.conv_2(F.silu(self.conv_1(F.silu(self.norm(x)))))
        affine = self.affine_2(F.silu(self.affine_1(F.silu(embedding))))
        return F.pixel_shuffle(dense, self.upscale), affine


class LayerHead(nn.Module):
    """Masks of what moves from the features, and the program of the motion from words and level."""

    def __init__(self, channels: int, config: Configuration, text_width: int):
        super().__init__()
        head = config.motion_head
        self.upscale, self.level_width = head.upscale, config.block_out_channels[0]
        self.norm = nn.GroupNorm(config.norm_num_groups, channels, config.norm_eps)
        self.conv_1 = nn.Conv2d(channels, head.hidden_channels, 3, padding=1)
        self.masks = nn.Conv2d(head.hidden_channels, 3 * self.upscale ** 2, 3, padding=1)
        self.program = MotionProgram(text_width, self.level_width, head.program_channels)

    def forward(self, x: Tensor, text_bag: Tensor, level: Tensor) -> LayerPrediction:
        """x [B, F, C, h, w], text_bag [B, F, D], level [B, F]; every frame has its say on the masks."""
        b, f = x.shape[:2]
        logits = self.masks(F.silu(self.conv_1(F.silu(self.norm(x.flatten(0, 1))))))
        logits = F.pixel_shuffle(logits, self.upscale).unflatten(0, (b, f)).mean(1)
        return LayerPrediction(logits, self.program(text_bag.mean(1), time_features(100 * level[:, 0], self.level_width)))


class VideoUNet(nn.Module):
    """Denoises the latents of a clip, told by text, photo, frame number and motion intensity."""

    def __init__(self, config: Configuration, text_width: int):
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
            self.motion_head = LayerHead(channels, config, text_width) if layered else MotionHead(channels, config, embedding)

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
                text_bag: Tensor | None = None, content: Tensor | None = None) -> UNetOutput:
        """One prediction.

        x [B, F, C_in, h, w] in the order of the configuration's layout; time [B] in training steps; positions [B, F] for the motion
        modules; progress [B, F] = n/(F-1); level [B, F]; text states [B, F, L, D]; text_bag [B, F, D]; content tokens [B, T, D_c]
        before ``content_proj``.
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
            motion = self.motion_head(h.unflatten(0, (clips, frames)), text_bag, level)
        elif self.motion_head is not None:
            dense, affine = self.motion_head(h, embedding)
            motion = MotionPrediction(dense.unflatten(0, (clips, frames)), affine.unflatten(0, (clips, frames)))
        clip_norm = self.config.resnet_norm_scope == "clip"
        h = self.conv_out(F.silu(clip_group_norm(self.conv_norm_out, h, frames) if clip_norm else self.conv_norm_out(h)))
        return UNetOutput(h.unflatten(0, (clips, frames)), motion)
