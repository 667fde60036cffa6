"""AutoencoderKL with diffusers' tensor names, and the optional linear path of livephoto-mini.

Letters: B pictures, C latent channels, H x W pixels, h x w = H/f x W/f latent cells. Pixels are in [-1, 1].
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration

NORM_EPSILON = 1e-6


class ResnetBlock(nn.Module):
    """Two normalised 3x3 convolutions beside a shortcut; no time embedding."""

    def __init__(self, channels_in: int, channels_out: int, groups: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, channels_in, NORM_EPSILON)
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, channels_out, NORM_EPSILON)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return h + (x if self.conv_shortcut is None else self.conv_shortcut(x))


class MidAttention(nn.Module):
    """One-head self-attention over all cells of the smallest level."""

    def __init__(self, channels: int, groups: int):
        super().__init__()
        self.group_norm = nn.GroupNorm(groups, channels, NORM_EPSILON)
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        tokens = self.group_norm(x).flatten(2).transpose(1, 2)  # [B, h w, C]
        mixed = F.scaled_dot_product_attention(self.to_q(tokens), self.to_k(tokens), self.to_v(tokens))
        return x + self.to_out[0](mixed).transpose(1, 2).reshape(b, c, h, w)


class MidBlock(nn.Module):
    """Resnet, attention, resnet."""

    def __init__(self, channels: int, groups: int, attention: bool):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(channels, channels, groups) for _ in range(2)])
        self.attentions = nn.ModuleList([MidAttention(channels, groups)] if attention else [])

    def forward(self, x: Tensor) -> Tensor:
        x = self.resnets[0](x)
        for attention in self.attentions:
            x = attention(x)
        return self.resnets[1](x)


class Resampler(nn.Module):
    """Halves (convolution, padded right and below) or doubles (nearest, then convolution) both sides."""

    def __init__(self, channels: int, down: bool):
        super().__init__()
        self.down = down
        self.conv = nn.Conv2d(channels, channels, 3, stride=2 if down else 1, padding=0 if down else 1)

    def forward(self, x: Tensor) -> Tensor:
        if self.down:
            return self.conv(F.pad(x, (0, 1, 0, 1)))
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Level(nn.Module):
    """The resnets of one resolution, and the resampler that leaves it."""

    def __init__(self, channels_in: int, channels_out: int, layers: int, groups: int, resample: str | None):
        super().__init__()
        self.resnets = nn.ModuleList(
            [ResnetBlock(channels_in if i == 0 else channels_out, channels_out, groups) for i in range(layers)])
        if resample == "down":
            self.downsamplers = nn.ModuleList([Resampler(channels_out, down=True)])
        elif resample == "up":
            self.upsamplers = nn.ModuleList([Resampler(channels_out, down=False)])

    def forward(self, x: Tensor) -> Tensor:
        for resnet in self.resnets:
            x = resnet(x)
        for resampler in (*getattr(self, "downsamplers", ()), *getattr(self, "upsamplers", ())):
            x = resampler(x)
        return x


class Encoder(nn.Module):
    """Pixels [B, 3, H, W] to mean and log-variance [B, 2C, h, w]."""

    def __init__(self, config: Configuration):
        super().__init__()
        widths, groups, last = config.block_out_channels, config.norm_num_groups, len(config.block_out_channels) - 1
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.down_blocks = nn.ModuleList([
            Level(widths[max(i - 1, 0)], width, config.layers_per_block, groups, "down" if i < last else None)
            for i, width in enumerate(widths)])
        self.mid_block = MidBlock(widths[-1], groups, config.get("mid_block_add_attention", True))
        self.conv_norm_out = nn.GroupNorm(groups, widths[-1], NORM_EPSILON)
        self.conv_out = nn.Conv2d(widths[-1], 2 * config.latent_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for block in self.down_blocks:
            x = block(x)
        return self.conv_out(F.silu(self.conv_norm_out(self.mid_block(x))))


class Decoder(nn.Module):
    """Latents [B, C, h, w] to pixels [B, 3, H, W]."""

    def __init__(self, config: Configuration):
        super().__init__()
        widths, groups = config.block_out_channels[::-1], config.norm_num_groups
        self.conv_in = nn.Conv2d(config.latent_channels, widths[0], 3, padding=1)
        self.mid_block = MidBlock(widths[0], groups, config.get("mid_block_add_attention", True))
        self.up_blocks = nn.ModuleList([
            Level(widths[max(i - 1, 0)], width, config.layers_per_block + 1, groups, "up" if i + 1 < len(widths) else None)
            for i, width in enumerate(widths)])
        self.conv_norm_out = nn.GroupNorm(groups, widths[-1], NORM_EPSILON)
        self.conv_out = nn.Conv2d(widths[-1], config.out_channels, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        x = self.mid_block(self.conv_in(z))
        for block in self.up_blocks:
            x = block(x)
        return self.conv_out(F.silu(self.conv_norm_out(x)))


class Autoencoder(nn.Module):
    """Pixels to scaled latents and back.

    With ``linear_path`` a plain stride-f convolution is added to the encoder's mean (or stands alone without ``kl_encoder``), and a
    transposed one to the decoder's output, so that a small network starts from PCA instead of from noise.
    """

    def __init__(self, config: Configuration):
        super().__init__()
        channels, factor = config.latent_channels, 2 ** (len(config.block_out_channels) - 1)
        self.scaling_factor = config.scaling_factor
        self.latent_channels = channels
        kl_encoder, linear = config.get("kl_encoder", True), config.get("linear_path", False)
        self.encoder = Encoder(config) if kl_encoder else None
        self.decoder = Decoder(config)
        self.quant_conv = nn.Conv2d(2 * channels, 2 * channels, 1) if config.use_quant_conv and kl_encoder else None
        self.post_quant_conv = nn.Conv2d(channels, channels, 1) if config.use_post_quant_conv else None
        self.encoder_linear = nn.Conv2d(config.in_channels, channels, factor, stride=factor) if linear else None
        self.decoder_linear = nn.ConvTranspose2d(channels, config.out_channels, factor, stride=factor) if linear else None

    def encode(self, pixels: Tensor) -> Tensor:
        """Pixels [B, 3, H, W] in [-1, 1] to scaled latents [B, C, h, w]: the posterior's mean, never a sample."""
        z = None
        if self.encoder is not None:
            moments = self.encoder(pixels)
            if self.quant_conv is not None:
                moments = self.quant_conv(moments)
            z = moments[:, :self.latent_channels]
        if self.encoder_linear is not None:
            linear = self.encoder_linear(pixels)
            z = linear if z is None else z + linear
        return z * self.scaling_factor

    def decode(self, latents: Tensor) -> Tensor:
        """Scaled latents [B, C, h, w] to pixels [B, 3, H, W], about [-1, 1], not clamped."""
        z = latents / self.scaling_factor
        x = self.decoder(z if self.post_quant_conv is None else self.post_quant_conv(z))
        return x if self.decoder_linear is None else x + self.decoder_linear(z)
