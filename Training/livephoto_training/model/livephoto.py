"""All networks of one model folder, and their composition up to one prediction of the sampler's target.

Letters: B clips, F frames, C latent channels, H x W working pixels, h x w latent cells, L tokens, D text width.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .autoencoder import Autoencoder
from .configuration import Configuration
from .content_encoder import ContentEncoder
from .image_network import EfficientNet
from .motion_field import move, scaled_motion
from .motion_layers import Layers, render, shown
from .text_encoder import TextEncoder
from .text_reweighting import TextReweighting, apply_weights, valid_tokens
from .motion_heads import LayerPrediction, MotionPrediction
from .unet import UNetOutput, VideoUNet


@dataclass
class Conditions:
    """What a prediction depends on beside the noised latents; made once per clip."""

    photo: Tensor  # [B, 3, H, W] in [0, 1]
    reference: Tensor  # [B, C, h, w] scaled latent of the photo
    positions: Tensor  # [B, F] for the motion modules
    progress: Tensor  # [B, F] n/(F-1)
    level: Tensor  # [B, F]
    text: Tensor  # [B, F, L, D]
    text_bag: Tensor  # [B, F, D]
    content: Tensor | None  # [B, T, D_c]
    pyramid: list[Tensor] | None  # of a content encoder that has one
    weights: Tensor  # [B, F, L] word weights


class LivePhotoModel(nn.Module):
    """Text encoder, re-weighting, content encoder, autoencoder and video UNet, built from one configuration."""

    FILES = ("text_encoder", "text_reweighting", "content_encoder", "vae", "unet")

    def __init__(self, config: Configuration):
        super().__init__()
        self.config = config
        width = config.text_encoder.hidden_size
        self.text_encoder = TextEncoder(config.text_encoder)
        self.text_reweighting = TextReweighting(config.text_reweighting, width) if config.text_reweighting else None
        self.content_encoder, pyramid = None, None
        if config.content_encoder and config.content_encoder.type == "efficientnet":
            self.content_encoder, pyramid = EfficientNet(config.content_encoder), EfficientNet.pyramid_channels(config.content_encoder)
        elif config.content_encoder:
            self.content_encoder = ContentEncoder(config.content_encoder)
        self.vae = Autoencoder(config.vae)
        self.unet = VideoUNet(config.unet, width, pyramid)
        self.eos = config.text_encoder.vocab_size - 1

    # Conditions

    def encode_text(self, ids: Tensor, progress: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """ids [B, L], progress [B, F] to text states [B, F, L, D], text bag [B, F, D] and word weights [B, F, L]."""
        tokens = self.text_encoder(ids)
        if self.text_reweighting is None:
            weights = tokens.new_ones(ids.shape[0], progress.shape[1], ids.shape[1])
        else:
            weights = self.text_reweighting(tokens, progress)
        states, bag = apply_weights(tokens, weights, valid_tokens(ids, self.eos))
        return states, bag, weights

    def conditions(self, photo: Tensor, ids: Tensor, level: Tensor, progress: Tensor, positions: Tensor | None = None) -> Conditions:
        """photo [B, 3, H, W] in [0, 1] at the working size, ids [B, L], level [B], progress [B, F] = n/(F-1).

        ``positions`` [B, F] are what the motion modules add; by default they follow the configuration.
        """
        states, bag, weights = self.encode_text(ids, progress)
        content, pyramid = self.look(photo)
        if positions is None:
            positions = self.motion_positions(progress)
        level = level[:, None].expand_as(progress)
        return Conditions(photo, self.vae.encode(photo * 2 - 1), positions, progress, level, states, bag, content, pyramid, weights)

    def look(self, photo: Tensor) -> tuple[Tensor | None, list[Tensor] | None]:
        """What is in a photo [B, 3, H, W]: tokens [B, T, D_c], and the pyramid where the content encoder has one."""
        if not isinstance(self.content_encoder, EfficientNet):
            return self.content_encoder(photo) if self.content_encoder is not None else None, None
        pyramid = self.content_encoder(photo.contiguous(memory_format=torch.channels_last))
        return pyramid[-2].flatten(2).transpose(1, 2), pyramid

    def motion_positions(self, progress: Tensor) -> Tensor:
        """Positions for the motion modules: the frame index, or the place in a clip of ``motion_frames`` frames."""
        frames = progress.shape[1]
        last = self.config.unet.motion_frames - 1 if self.config.unet.motion_positions == "clip" else frames - 1
        return progress * last

    # Network input and output

    def network_input(self, noised: Tensor, conditions: Conditions) -> Tensor:
        """The channels of the configuration's layout. noised [B, F, C, h, w] to [B, F, C_in, h, w]."""
        b, f, _, h, w = noised.shape
        parts = {
            "noise": noised,
            "reference": conditions.reference[:, None].expand(b, f, -1, h, w),
            "frame": conditions.progress[:, :, None, None, None].expand(b, f, 1, h, w),
            "intensity": (self.config.conditioning.intensity_scale * conditions.level)[:, :, None, None, None].expand(b, f, 1, h, w),
        }
        return torch.cat([parts[name] for name, _ in self.config.conditioning.layout], dim=2)

    def predict(self, noised: Tensor, time: Tensor, conditions: Conditions) -> UNetOutput:
        """One pass of the UNet. noised [B, F, C, h, w], time [B] in training steps."""
        return self.unet(self.network_input(noised, conditions), time, conditions.positions, conditions.progress, conditions.level,
                         conditions.text, conditions.text_bag, conditions.content, conditions.pyramid)

    def moved_photo(self, photo: Tensor, motion: MotionPrediction | LayerPrediction, anchor_first: bool, size: tuple[int, int] | None = None,
                    mode: str = "bilinear", times: Tensor | None = None) -> Tensor:
        """The photo moved by the head's prediction. photo [B, 3, H, W] in [0, 1], times [B, F] (layered heads) to [B, F, 3, H, W]."""
        head = self.config.unet.motion_head
        if isinstance(motion, LayerPrediction):
            return render(Layers.cut(photo, shown(motion.masks)), motion.program.settled(), times)
        flow, gain = scaled_motion(motion, size or photo.shape[-2:], head.flow_scale, head.light_scale, anchor_first)
        return move(photo, flow, gain, self.config.composition.border, mode)

    def encode_frames(self, frames: Tensor) -> Tensor:
        """Frames [B, F, 3, H, W] in [0, 1] to scaled latents [B, F, C, h, w]."""
        return self.vae.encode((frames * 2 - 1).flatten(0, 1)).unflatten(0, frames.shape[:2])

    # Files

    def save_networks(self, folder: str | Path, dtype: torch.dtype = torch.float32) -> None:
        """One safetensors file per network."""
        for name in self.FILES:
            network = getattr(self, name)
            if network is not None:
                state = {k: v.detach().to(dtype).contiguous().clone() for k, v in network.state_dict().items()}
                path = Path(folder) / f"{name}.safetensors"
                save_file(state, path)
                path.chmod(0o644)

    def load_networks(self, folder: str | Path) -> None:
        """Read every network's file; strict."""
        for name in self.FILES:
            network = getattr(self, name)
            if network is not None:
                state = {k: v.float() for k, v in load_file(Path(folder) / f"{name}.safetensors").items()}
                network.load_state_dict(state, strict=True)

    @staticmethod
    def load(folder: str | Path) -> "LivePhotoModel":
        """The model in a folder, in evaluation mode."""
        model = LivePhotoModel(Configuration.load(folder))
        model.load_networks(folder)
        return model.eval()
