"""An image model's networks for a LivePhoto model: Stable Diffusion 1.5 as a diffusers folder, or a model folder of ours.

Parts that the image model does not have begin as "no effect": further input channels, motion modules and image attention at zero.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from .livephoto import LivePhotoModel
from .tokenizer import Tokenizer

#: Layers of the new parts that start at zero.
ZERO_PARTS = ("motion_modules", "attn_img")
DIFFUSERS = {"text_encoder": "text_encoder/model", "vae": "vae/diffusion_pytorch_model", "unet": "unet/diffusion_pytorch_model"}
#: diffusers' AutoencoderKL once had other names for the attention's layers.
OLD_NAMES = {".query.": ".to_q.", ".key.": ".to_k.", ".value.": ".to_v.", ".proj_attn.": ".to_out.0."}


def load_base(model: LivePhotoModel, folder: Path, content: Path | None = None, motion: Path | None = None) -> Tokenizer:
    """Fill a model from an image model's folder; returns the folder's tokenizer.

    ``content``: DINOv2's safetensors file or folder, where the base has none. ``motion``: motion modules to begin with, AnimateDiff's or
    diffusers' names.
    """
    start_new_parts(model)
    for name in ("text_encoder", "vae", "unet"):
        load_network(getattr(model, name), read_network(folder, name), name)
    if model.content_encoder is not None:
        source = read_file(content) if content else read_network(folder, "content_encoder")
        load_network(model.content_encoder, {k.removeprefix("dinov2."): v for k, v in source.items()}, "content_encoder")
    if (folder / "text_reweighting.safetensors").exists() and model.text_reweighting is not None:
        load_network(model.text_reweighting, read_file(folder / "text_reweighting.safetensors"), "text_reweighting")
    if motion:
        modules = {diffusers_motion_name(k): v for k, v in read_file(motion).items() if "motion_modules." in k and "pos_encoder" not in k}
        load_network(model.unet, modules, "motion")
    tokenizer = folder / "tokenizer" if (folder / "tokenizer").is_dir() else folder
    return Tokenizer.load(tokenizer, model.config.tokenizer.max_length)


def start_new_parts(model: LivePhotoModel) -> None:
    """What the image model does not know: random inside, zero where it meets the image model."""
    with torch.no_grad():
        for name, module in model.unet.named_modules():
            if any(part in name for part in ZERO_PARTS) and name.endswith(("proj_out", "attn_img.to_out.0")):
                nn.init.zeros_(module.weight)
                nn.init.zeros_(module.bias)
        nn.init.zeros_(model.unet.conv_in.weight)
        if model.text_reweighting is not None:
            nn.init.normal_(model.text_reweighting.head.weight, std=0.02)
            # Weights near 1 leave the sentence as the image model knows it.
            nn.init.constant_(model.text_reweighting.head.bias, 3.0)


def read_network(folder: Path, name: str) -> dict[str, Tensor]:
    for path in (folder / f"{name}.safetensors", folder / f"{DIFFUSERS.get(name, name)}.safetensors",
                 folder / f"{DIFFUSERS.get(name, name)}.fp16.safetensors", folder / name / "model.safetensors"):
        if path.exists():
            return read_file(path)
    raise SystemExit(f"{folder}: no {name}")


def read_file(path: Path) -> dict[str, Tensor]:
    return {k: v.float() for k, v in load_file(path / "model.safetensors" if path.is_dir() else path).items() if v.is_floating_point()}


def load_network(network: nn.Module, state: dict[str, Tensor], name: str) -> None:
    """Copies by name. An input convolution of fewer channels fills the first ones, which are the noise."""
    own, unknown = network.state_dict(), []
    for key, value in state.items():
        key = key.removeprefix("text_model.")
        if name == "vae":
            for old, new in OLD_NAMES.items():
                key = key.replace(old, new)
        if key not in own:
            unknown.append(key)
            continue
        target = own[key]
        with torch.no_grad():
            if key == "conv_in.weight" and name == "unet" and value.shape[1] < target.shape[1]:
                target[:, :value.shape[1]].copy_(value)
            elif target.numel() == value.numel():
                target.copy_(value.reshape(target.shape))
            else:
                raise SystemExit(f"{name}: {key} has shape {list(value.shape)}, {list(target.shape)} is expected")
    unknown = [key for key in unknown if not key.endswith(("position_ids", "mask_token")) and "pos_embed" not in key]
    if unknown:
        raise SystemExit(f"{name}: unknown tensors, such as {unknown[0]}")


def diffusers_motion_name(key: str) -> str:
    """AnimateDiff's name of a motion module's tensor as diffusers has it; others as they are."""
    key = key.removeprefix("module.").replace(".temporal_transformer.", ".")
    for index in (0, 1):
        key = key.replace(f".attention_blocks.{index}.", f".attn{index + 1}.").replace(f".norms.{index}.", f".norm{index + 1}.")
    return key.replace(".ff_norm.", ".norm3.")


def animatediff_motion_name(key: str) -> str:
    """The other way round."""
    head, module, rest = key.partition(".motion_modules.")
    index, _, rest = rest.partition(".")
    if rest.startswith("transformer_blocks."):
        for number in (1, 2):
            rest = rest.replace(f".attn{number}.", f".attention_blocks.{number - 1}.").replace(f".norm{number}.", f".norms.{number - 1}.")
        rest = rest.replace(".norm3.", ".ff_norm.")
    return f"{head}{module}{index}.temporal_transformer.{rest}"
