"""Write a LivePhoto adapter: what was trained over an image model, as one safetensors file that goes over any of its kind.

Motion modules under AnimateDiff's names, the text re-weighting under ``text_reweight.``, everything else as in unet.safetensors; how the
model is used is in the file's metadata (``livephoto.*``, values in JSON).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from ..model.base import animatediff_motion_name
from ..model.livephoto import LivePhotoModel

OWN = ("conv_in.", "content_proj.")


def adapter_state(model: LivePhotoModel) -> dict[str, Tensor]:
    """The adapter's tensors by their names in the file."""
    state = {}
    for key, value in model.unet.state_dict().items():
        if ".motion_modules." in key:
            state[animatediff_motion_name(key)] = value
        elif key.startswith(OWN) or ".attn_img." in key or ".norm_img." in key:
            state[key] = value
    if model.text_reweighting is not None:
        state |= {f"text_reweight.{key}": value for key, value in model.text_reweighting.state_dict().items()}
    return state


def adapter_metadata(model: LivePhotoModel, gaps: tuple[int, int]) -> dict[str, str]:
    config = model.config
    values = {
        "channels": [name for name, _ in config.conditioning.layout], "intensity_scale": config.conditioning.get("intensity_scale", 1.0),
        "intensity_edges": config.intensity.edges, "frames": config.frames.default, "stride": list(gaps),
        "ssim": {"size": 256, "crop": "centre", "luma": "bt601", "window": 11, "sigma": 1.5, "frames": config.frames.default},
        "norm_scope": {"resnet": config.unet.resnet_norm_scope, "motion": config.unet.motion_norm_scope},
    }
    if config.prior:
        values["alpha"] = [config.prior.alpha_first, config.prior.alpha_last]
    if config.content_encoder:
        values["dino"] = {key: config.content_encoder.get(key, None) for key in ("num_attention_heads", "image_size", "resize")}
    return {f"livephoto.{key}": json.dumps(value) for key, value in values.items()}


def save_adapter(model: LivePhotoModel, path: Path, gaps: tuple[int, int], dtype: torch.dtype = torch.float16) -> int:
    """Returns the number of parameters. A reader sees the old file or the new one, never a part."""
    state = {key: value.detach().to("cpu", dtype).contiguous().clone() for key, value in adapter_state(model).items()}
    temporary = path.with_suffix(".partial")
    save_file(state, temporary, adapter_metadata(model, gaps))
    os.chmod(temporary, 0o644)
    temporary.replace(path)
    return sum(value.numel() for value in state.values())
