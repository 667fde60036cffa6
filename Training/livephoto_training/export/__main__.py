"""Export a training run's averaged weights as a model folder.

    python -m livephoto_training.export --checkpoint checkpoints/mini -o Models/livephoto-mini
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file

from ..model.configuration import Configuration
from ..model.initialisation import initialise
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer
from .folder import size_of, with_edges, write_folder


def smooth_frame_features(model: LivePhotoModel, most_turn: float = 1.6) -> None:
    """Mute the sines of the frame number that turn by more than ``most_turn`` radians from frame to frame.

    In training they are seen at sixteen places only, where they name the frames one by one; between those (clips of other lengths) they
    mean nothing, and motion would jump.
    """
    if not hasattr(model.unet, "conditioning_embedding"):
        return
    half = model.unet.config.block_out_channels[0] // 2
    turns = 1000 * 10000.0 ** (-torch.arange(half) / half) / (model.config.frames.default - 1)
    with torch.no_grad():
        weight = model.unet.conditioning_embedding.linear_1.weight  # columns: cosines and sines of the frame, then of the level
        for k in torch.nonzero(turns > most_turn).flatten().tolist():
            weight[:, k] = 0
            weight[:, half + k] = 0


def load_run(run: Path, config: Path | None, averaged: bool = True, levels: Path | None = None) -> tuple[LivePhotoModel, Tokenizer, dict]:
    """A run's model (averaged weights unless told otherwise), tokenizer, and its step, sample and second counts."""
    path = run / "last.pt"
    state = torch.load(path, map_location="cpu", weights_only=False) if path.exists() else {}
    values = Configuration.load(config) if config else Configuration(state["config"])
    model = LivePhotoModel(with_edges(values, levels or run / "levels.json"))
    if state:
        model.load_state_dict(state["model"])
        if averaged:
            parameters = dict(model.named_parameters())
            with torch.no_grad():
                for name, value in state["average"].items():
                    parameters[name].copy_(value)
    else:
        initialise(model, 0)
        model.vae.load_state_dict(load_file(run / "vae.safetensors"))
    if (run / "program.safetensors").exists():  # may have been taught while the video model was
        model.load_state_dict(load_file(run / "program.safetensors"), strict=False)
    smooth_frame_features(model)
    tokenizer = Tokenizer.load(run / "tokenizer", model.config.tokenizer.max_length)
    return model.eval(), tokenizer, {key: state.get(key, 0) for key in ("step", "samples", "seconds")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder of the run")
    parser.add_argument("--config", type=Path, help="configuration to export with (default: the run's own)")
    parser.add_argument("--levels", type=Path, help="calibration with the intensity edges (default: the run's own)")
    parser.add_argument("--card", type=Path, help="text of the model card; {samples}, {steps}, {minutes} are filled in")
    parser.add_argument("--raw", action="store_true", help="the last weights instead of the averaged ones")
    parser.add_argument("--float32", action="store_true")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    model, tokenizer, counts = load_run(arguments.checkpoint, arguments.config, not arguments.raw, arguments.levels)
    card = None
    if arguments.card:
        card = arguments.card.read_text(encoding="utf-8")
        for key, value in (("samples", counts["samples"]), ("steps", counts["step"]), ("minutes", round(counts["seconds"] / 60))):
            card = card.replace("{" + key + "}", f"{value:,}")
    write_folder(model, tokenizer, arguments.output, torch.float32 if arguments.float32 else torch.float16, card)
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{arguments.output}: {parameters / 1e6:.2f} M parameters, {size_of(arguments.output) / 1e6:.1f} MB, {counts}")


if __name__ == "__main__":
    main()
