"""Train a LivePhoto adapter over a frozen image model, as the paper does.

    python -m livephoto_training.train.adapter --config configs/sd15.json --base stable-diffusion-v1-5 --content dinov2-base \\
        --data clips/ -o checkpoints/sd15
    torchrun --nproc-per-node 8 -m livephoto_training.train.adapter ... --data webvid.csv --videos webvid/

Trained: motion modules, input convolution, content projection and image attention, text re-weighting. The run's folder gets
``levels.json`` (the intensity scale of the data), ``last.pt`` (from which the same command goes on), ``adapter.safetensors``, and a
sheet of samples for every epoch.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
import torch.distributed as distributed
from PIL import Image

from ..data.captioned import CaptionedClips, find_clips
from ..evaluation.sheet import contact_sheet
from ..export.adapter import save_adapter
from ..export.folder import write_folder
from ..model.base import load_base
from ..model.configuration import Configuration
from ..model.livephoto import LivePhotoModel
from ..pipeline.animate import Animator, Request
from ..simulator.levels import LevelScale
from .adapter_loss import AdapterBatches, AdapterLoss, trained_parameters
from .state import descend, save_atomically


class AdapterRun:
    """One training run: its model, data, optimiser and files."""

    def __init__(self, options: argparse.Namespace):
        self.options, self.folder = options, options.output
        self.rank, self.ranks = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        local = int(os.environ.get("LOCAL_RANK", 0))
        self.device = torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")
        if self.ranks > 1:
            distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(options.seed)
        config = Configuration.load(options.config)
        clips = find_clips(options.data, options.videos)
        size = options.size or round(config.working.area ** 0.5)
        self.clips = CaptionedClips(clips, config.frames.default, size, tuple(options.gaps), options.seed)
        self.scale = self.levels()
        values = config.as_dict()
        values["intensity"]["edges"] = [round(edge, 6) for edge in self.scale.edges]
        self.model = LivePhotoModel(Configuration(values))
        self.tokenizer = load_base(self.model, options.base, options.content, options.motion)
        self.parameters = trained_parameters(self.model)
        self.model.eval().to(self.device)  # nothing in it behaves otherwise in training
        self.batches = AdapterBatches(self.clips, self.tokenizer, self.scale, self.model, options.batch, options.drop_text, self.rank, self.ranks)
        self.optimiser = torch.optim.AdamW(self.parameters.values(), lr=options.rate, weight_decay=0.01)
        self.step = 0
        self.resume()
        self.loss = AdapterLoss(self.model).to(self.device)
        if self.ranks > 1:
            self.loss = torch.nn.parallel.DistributedDataParallel(self.loss, [local] if self.device.type == "cuda" else None)

    def levels(self) -> LevelScale:
        """Measured once by the first process; the others wait for its file."""
        path = self.folder / "levels.json"
        if self.rank == 0 and not path.exists():
            scale = self.clips.levels(self.options.level_samples)
            temporary = path.with_suffix(".partial")
            temporary.write_text(json.dumps({"measure": asdict(scale), "gaps": self.options.gaps}, indent=1))
            temporary.replace(path)
        if self.ranks > 1:
            distributed.barrier()
        return LevelScale(**json.loads(path.read_text())["measure"])

    def resume(self) -> None:
        path = self.folder / "last.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        with torch.no_grad():
            for name, value in state["trained"].items():
                self.parameters[name].copy_(value)
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]

    def save(self) -> None:
        if self.rank == 0:
            trained = {name: p.detach().cpu() for name, p in self.parameters.items()}
            save_atomically({"trained": trained, "optimiser": self.optimiser.state_dict(), "step": self.step}, self.folder / "last.pt")
            save_adapter(self.model, self.folder / "adapter.safetensors", self.clips.gaps)

    def train(self) -> None:
        """Up to the wanted number of steps; a checkpoint and a sheet after every epoch and at the end."""
        steps, epoch = self.options.steps or self.options.epochs * len(self.batches), len(self.batches)
        began, samples = time.time(), 0
        while self.step < steps:
            loss = self.advance()
            samples += self.options.batch * self.ranks
            if self.rank == 0 and (self.step % self.options.report == 0 or self.step == steps):
                rate = samples / (time.time() - began)
                print(f"step {self.step} of {steps}  loss {loss:.4f}  {rate:.2f} clips a second", flush=True)
            if self.step % epoch == 0 or self.step == steps:
                self.save()
                if self.rank == 0 and self.options.samples > 0:
                    self.sheet(self.folder / f"samples-{self.step:07}.png")
                if self.ranks > 1:
                    distributed.barrier()

    def advance(self) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.options.rate * min(1.0, (self.step + 1) / max(self.options.warmup, 1))
        batch = [part.to(self.device) for part in self.batches[self.step]]
        half = self.options.bfloat16 and self.device.type == "cuda"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            loss = self.loss(*batch)
        descend(loss, self.optimiser, self.parameters.values())
        self.step += 1
        return loss.item()

    def sheet(self, path: Path) -> None:
        """Clips as they are, and as the model continues their first frames."""
        animator, pictures, labels = Animator(self.model.cpu(), self.tokenizer), [], []
        for number in range(self.options.samples):
            frames, caption, ssim = self.clips.draw((1 << 41) + number)
            level = float(self.scale.level(torch.tensor([ssim])))
            real = frames.permute(0, 2, 3, 1).numpy()
            request = Request(prompt=caption, level=level, steps=self.options.sample_steps, seed=number)
            pictures += [real, animator.animate(np.ascontiguousarray(real[0]), request)]
            labels += [f"{caption} (level {level:.1f})", "sampled"]
        self.model.to(self.device)
        Image.fromarray(contact_sheet(pictures, labels, frame_width=128)).save(path)


def main(arguments: list[str] | None = None) -> AdapterRun:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True, help="sizes and settings, configs/sd15.json")
    parser.add_argument("--base", type=Path, required=True, help="image model: diffusers folder or model folder")
    parser.add_argument("--content", type=Path, help="DINOv2, safetensors file or folder, unless the base has one")
    parser.add_argument("--motion", type=Path, help="motion modules to begin with (AnimateDiff's, safetensors)")
    parser.add_argument("--data", type=Path, required=True, help="folder of clip.mp4 + clip.txt, or a CSV")
    parser.add_argument("--videos", type=Path, help="folder of the CSV's files")
    parser.add_argument("--size", type=int, help="side of the square clips (default: of the config's working area)")
    parser.add_argument("--gaps", type=int, nargs=2, default=[1, 10], help="smallest and largest gap between frames, drawn evenly")
    parser.add_argument("--level-samples", type=int, default=2000, help="samples that the intensity scale is measured on")
    parser.add_argument("--batch", type=int, default=1, help="clips a step and process")
    parser.add_argument("--steps", type=int, help="optimiser steps; otherwise --epochs counts")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--drop-text", type=float, default=0.5)
    parser.add_argument("--bfloat16", action="store_true", help="forward and backward in bfloat16 on a GPU")
    parser.add_argument("--samples", type=int, default=4, help="clips on a sheet, 0 for no sheets")
    parser.add_argument("--sample-steps", type=int, default=25)
    parser.add_argument("--report", type=int, default=50, help="steps between two lines")
    parser.add_argument("--export-folder", type=Path, help="write a whole model folder at the end")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the run")
    run = AdapterRun(parser.parse_args(arguments))
    run.train()
    if run.rank == 0 and run.options.export_folder:
        write_folder(run.model.cpu(), run.tokenizer, run.options.export_folder)
    if run.ranks > 1:
        distributed.destroy_process_group()
    return run


if __name__ == "__main__":
    main()
