"""Writes Tests/Fixtures/content: DINOv2 outputs (plain, with registers, gated) and photo preprocessing.

Run by hand with torch and transformers installed:  python Tests/Reference/content_fixtures.py
The references are transformers' Dinov2Model and Dinov2WithRegistersModel, and torch's antialiased bilinear resize.
"""

from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel

FOLDER = Path(__file__).resolve().parents[1] / "Fixtures" / "content"
SEED = 20231206
COMMON = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, mlp_ratio=3, patch_size=7, image_size=28)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def randomise(module, generator):
    for name, parameter in module.named_parameters():
        with torch.no_grad():
            noise = torch.randn(parameter.shape, generator=generator)
            is_gain = parameter.dim() == 1 and (name.endswith("weight") or "lambda1" in name)
            fan_in = parameter[0].numel() if parameter.dim() in (2, 4) else 4
            parameter.copy_(noise * (0.3 if parameter.dim() == 1 else fan_in**-0.5) + (1.0 if is_gain else 0.0))


def released_names(state):
    """From the names in memory (transformers 5) to those of released files."""
    result = {}
    for name, value in state.items():
        name = name.replace("attention.o_proj", "attention.output.dense")
        for short, long in (("q", "query"), ("k", "key"), ("v", "value")):
            name = name.replace(f"attention.{short}_proj", f"attention.attention.{long}")
        name = name.replace("mlp.down_proj", "mlp.weights_out")
        if name.startswith("layer"):
            name = name if name.startswith("layernorm") else "encoder." + name
        if "mlp.up_proj" in name:
            continue
        if "mlp.gate_proj" in name:
            value = torch.cat([value, state[name.replace("gate_proj", "up_proj").replace("encoder.encoder", "encoder")]])
            name = name.replace("mlp.gate_proj", "mlp.weights_in")
        result[name] = value.contiguous().clone()
    return result


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(SEED)
    models = {
        "plain": Dinov2Model(Dinov2Config(**COMMON)),
        "registers": Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**COMMON, num_register_tokens=3)),
        "gated": Dinov2Model(Dinov2Config(**COMMON, use_swiglu_ffn=True)),
    }
    sizes = ((28, 28), (42, 42), (35, 21), (14, 56))
    images = {size: torch.randn(2 if size == (28, 28) else 1, 3, *size, generator=generator) for size in sizes}
    cases = {f"image.{h}x{w}": image.permute(0, 2, 3, 1) for (h, w), image in images.items()}
    for name, model in models.items():
        model.eval()
        randomise(model, generator)
        state = released_names(model.state_dict())
        save_file(state, FOLDER / f"dinov2_{name}.safetensors")
        skipped = 4 if name == "registers" else 1
        for (height, width), image in images.items():
            with torch.no_grad():
                tokens = model(pixel_values=image).last_hidden_state[:, skipped:]
            cases[f"{name}.{height}x{width}"] = tokens
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, STD))
    for height, width in ((45, 61), (20, 13), (9, 40)):
        photo = torch.rand(1, 3, height, width, generator=generator)
        size = 28
        resize = lambda h, w: torch.nn.functional.interpolate(photo, (h, w), mode="bilinear", align_corners=False, antialias=True)
        stretched = resize(size, size)
        short = min(height, width)
        large = resize(height * size // short, width * size // short)
        top, left = (large.shape[2] - size) // 2, (large.shape[3] - size) // 2
        cropped = large[:, :, top:top + size, left:left + size]
        cases[f"photo.{height}x{width}"] = photo.permute(0, 2, 3, 1)
        cases[f"stretch.{height}x{width}"] = ((stretched - mean) / std).permute(0, 2, 3, 1)
        # Longer than four to one, only the middle is enlarged; the crop's inside is the same to within rounding of the scale.
        if max(height, width) <= 4 * short:
            cases[f"crop.{height}x{width}"] = ((cropped - mean) / std).permute(0, 2, 3, 1)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "seed": str(SEED)}
    save_file({k: v.contiguous() for k, v in cases.items()}, FOLDER / "content_cases.safetensors", metadata=versions)


if __name__ == "__main__":
    main()
