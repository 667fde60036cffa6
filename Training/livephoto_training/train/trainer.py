"""Train a video model on simulated clips.

    python -m livephoto_training.train.trainer --config configs/mini.json --run checkpoints/mini --minutes 95
    torchrun --nproc-per-node 8 -m livephoto_training.train.trainer --config configs/mini.json --folder checkpoints/big --samples 4000000

The run's folder holds ``vae.safetensors``, ``tokenizer/``, ``levels.json`` (made by the other commands) and ``last.pt``, from which a
stopped run goes on. SIGTERM and SIGINT stop it cleanly.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections import defaultdict
from pathlib import Path

import torch
import torch.distributed as distributed
from safetensors.torch import load_file
from torch.nn.parallel import DistributedDataParallel

from ..model.configuration import Configuration
from ..model.initialisation import initialise
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer
from .clips import ClipPool, ClipSettings, collate, compact, make_simulator
from .objective import Objective, ObjectiveWeights
from .state import Average, Budget, compute_device, descend, parameter_groups, rate_factor, save_atomically, trained_parameters

CHECKPOINT_SECONDS = 120
LOG_SECONDS = 45


class Meter:
    """Means of measurements between two log lines, over chosen samples: those that kept their words, and were almost pure noise."""

    def __init__(self):
        self.sums: dict[str, float] = defaultdict(float)

    def add(self, measures: dict, chosen: torch.Tensor) -> None:
        self.sums["clips"] += float(chosen.sum())
        for name, values in measures.items():
            if values.ndim:
                self.sums[name] += float(values[chosen].sum())

    def line(self) -> str:
        clips = max(self.sums.pop("clips", 0), 1)
        return " ".join(f"{name} {value / clips:.3f}" for name, value in self.sums.items())


def parser(description: str) -> argparse.ArgumentParser:
    """What all training loops over pictures ask for."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", "--folder", dest="run", type=Path, required=True, help="folder of the run (torchrun takes only --folder)")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--minutes", type=float, help="budget in minutes of training time, all starts together")
    parser.add_argument("--samples", type=int, help="budget in clips")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--average", type=float, default=0.998)
    parser.add_argument("--text-drop", type=float, default=0.2)
    parser.add_argument("--initial", type=Path, help="model folder to start from (image model for --freeze-image)")
    parser.add_argument("--half", action="store_true", help="products in bfloat16: about twice as fast where the processor has AVX-512 BF16")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def parse() -> argparse.Namespace:
    arguments = parser(__doc__)
    arguments.add_argument("--frames", type=int, default=2,
                           help="frames of a clip that one sample shows; one alone passes the motion modules by, and is three times as quick")
    arguments.add_argument("--pairs", type=int, default=3, help="pairs of adjacent frames that are rendered of each clip")
    arguments.add_argument("--longer", type=float, default=0.1, help="share of steps with half as many clips of twice as many frames")
    arguments.add_argument("--reuse", type=float, default=2.0, help="how often a rendered clip is used")
    arguments.add_argument("--freeze-image", action="store_true", help="train only what makes an image model a video model")
    arguments.set_defaults(masks_only=False)
    return arguments.parse_args()


class Trainer:
    """One run: model, optimiser, average, clips, and the loop over them."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = compute_device()
        if self.world > 1:
            distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        torch.set_num_threads(arguments.threads)
        self.config = Configuration.load(arguments.config)
        self.model = self.build_model()
        self.parameters = trained_parameters(self.model, arguments.freeze_image, arguments.masks_only)
        self.objective = self.make_objective().to(self.device)
        self.average = Average(self.parameters, arguments.average)
        self.optimiser = torch.optim.AdamW(parameter_groups(self.parameters, arguments.rate, arguments.decay), betas=(0.9, 0.99), fused=True)
        self.step = self.samples = 0
        self.seconds = 0.0
        self.generator = torch.Generator().manual_seed(arguments.seed * 1000 + self.rank)
        first = self.resume()
        for name in ("words.safetensors", "program.safetensors"):  # may have been taught further meanwhile; the second holds all of the first
            if (arguments.run / name).exists():
                self.model.load_state_dict(load_file(arguments.run / name), strict=False)
        self.wrapped = DistributedDataParallel(self.objective, find_unused_parameters=True) if self.world > 1 else self.objective
        self.budget = Budget(arguments.run, arguments.minutes, arguments.samples)
        self.settings = ClipSettings(arguments.data, arguments.run / "tokenizer", arguments.run / "levels.json", self.config,
                                     seed=arguments.seed * 1000 + self.rank, pairs=arguments.pairs, mix=arguments.run / "mix.json")
        self.pool = self.make_pool(first)
        self.unseen = None  # what to probe with
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, *_) -> None:
        self.stopping = True

    def make_objective(self) -> torch.nn.Module:
        return Objective(self.model, ObjectiveWeights(), self.arguments.half)

    def make_pool(self, first: int) -> ClipPool:
        return ClipPool(self.settings, first, reuse=self.arguments.reuse)

    def build_model(self) -> LivePhotoModel:
        model = LivePhotoModel(self.config)
        initialise(model, self.arguments.seed)
        if self.arguments.initial:
            load_what_fits(model, self.arguments.initial)
        for name in ("vae", "content_encoder"):
            if (self.arguments.run / f"{name}.safetensors").exists():
                getattr(model, name).load_state_dict(load_file(self.arguments.run / f"{name}.safetensors"))
        model.unet.to(memory_format=torch.channels_last)
        return model.to(self.device)

    def resume(self) -> int:
        """Read ``last.pt`` if there is one; the number of the next simulator batch."""
        path = self.arguments.run / "last.pt"
        if not path.exists():
            return 0
        state = torch.load(path, map_location="cpu", weights_only=False)
        self.model.load_state_dict(state["model"])
        for name, value in state["average"].items():
            self.average.values[name].copy_(value)
        self.average.updates = state["average_updates"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
        self.generator.set_state(state["generators"][min(self.rank, len(state["generators"]) - 1)])
        return state["next_clip"]

    def save(self) -> None:
        if self.rank == 0:
            save_atomically({
                "model": self.model.state_dict(), "average": self.average.values, "average_updates": self.average.updates,
                "optimiser": self.optimiser.state_dict(), "step": self.step, "samples": self.samples, "seconds": self.seconds,
                "generators": [self.generator.get_state()], "next_clip": self.pool.next_number, "config": self.config.as_dict(),
            }, self.arguments.run / "last.pt")

    def train_step(self, meter: Meter, factor: float) -> None:
        # Now and then longer clips, so that the motion modules know more than a few neighbours.
        longer = float(torch.rand(1, generator=self.generator)) < self.arguments.longer
        clips, frames = (self.arguments.batch // 2, min(2 * self.arguments.frames, 2 * self.arguments.pairs - 1)) if longer else (self.arguments.batch, self.arguments.frames)
        batch = collate(self.pool.batch(clips), frames, self.arguments.text_drop, self.generator)
        times = self.objective.draw_times(batch["is_content"], self.generator)
        cells = [side // self.config.vae_factor for side in batch["photo"].shape[-2:]]
        noise = torch.randn(clips, frames, self.config.vae.latent_channels, *cells, generator=self.generator)
        batch.pop("family")
        self.update(factor, to_device(batch, self.device), times.to(self.device), noise.to(self.device), meter=meter, counted=batch["told"] & (times > 600))

    def update(self, factor: float, batch: dict, *how, meter: Meter, counted: torch.Tensor) -> None:
        """One step of the optimiser; ``counted``: what the meter counts of the batch."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["base_rate"] * factor
        loss, measures = self.wrapped(batch, *how)
        descend(loss, self.optimiser, list(self.parameters.values()))
        self.average.update(self.parameters)
        self.step += 1
        self.samples += len(counted) * self.world
        meter.add(measures, counted.cpu())

    def probe(self) -> str:
        """What is known from pure noise of clips in unseen wordings."""
        if self.model.unet.motion_head is None:
            return ""
        if self.unseen is None:
            simulator = make_simulator(self.pool.settings, 77, "eval")
            clips = [compact(simulator.sample(32, 16, 128, 128, pairs=self.arguments.pairs), self.config, Tokenizer.load(self.arguments.run / "tokenizer",
                     self.config.tokenizer.max_length)) for _ in range(2)]
            rows = [{k: v[i] for k, v in batch.items()} for batch in clips for i in range(32)]
            self.unseen = to_device(collate(rows, self.arguments.frames, 0.0, torch.Generator().manual_seed(1)), self.device)
        return " | unseen: " + " ".join(f"{name} {value:.2f}" for name, value in self.objective.told_from_noise(self.unseen).items())

    def run(self) -> None:
        meter, last = Meter(), time.time()
        logged = saved = self.seconds
        logged_samples = self.samples
        while True:
            progress = self.budget.progress(self.samples, self.seconds)
            if self.world > 1:  # all ranks stop together
                flag = torch.tensor([float(self.stopping), progress], device=self.device)
                distributed.all_reduce(flag, distributed.ReduceOp.MAX)
                self.stopping, progress = bool(flag[0] > 0), float(flag[1])
            if self.stopping or progress >= 1:
                break
            factor = rate_factor(progress, self.step)
            self.train_step(meter, factor)
            self.seconds, last = self.seconds + time.time() - last, time.time()
            if self.seconds - logged >= LOG_SECONDS:
                pace = (self.samples - logged_samples) / (self.seconds - logged)
                left = self.seconds / max(progress, 1e-6) * (1 - progress) / 60
                if self.rank == 0:
                    print(f"{time.strftime('%H:%M:%S')} step {self.step} clips {self.samples} {pace:.1f}/s made {self.pool.produced} "
                          f"rate {factor:.2f} left {left:.0f} min | {meter.line()}{self.probe()}", flush=True)
                meter, logged, logged_samples = Meter(), self.seconds, self.samples
                self.budget.refresh()
            if self.seconds - saved >= CHECKPOINT_SECONDS:
                saved = self.seconds
                self.save()
        self.save()
        self.pool.stop()
        if self.rank == 0:
            print(f"{'stopped' if self.stopping else 'finished'} at step {self.step}, {self.samples} clips, {self.seconds / 60:.1f} min", flush=True)
        if self.world > 1:
            distributed.destroy_process_group()


def load_what_fits(model: LivePhotoModel, folder: Path) -> None:
    """Weights of a model folder whose names and shapes the model has; the rest starts afresh."""
    for name in model.FILES:
        network = getattr(model, name)
        if network is not None and (folder / f"{name}.safetensors").exists():
            state = network.state_dict()
            found = {k: v.float() for k, v in load_file(folder / f"{name}.safetensors").items() if k in state and state[k].shape == v.shape}
            network.load_state_dict(found, strict=False)


def to_device(values: dict, device: torch.device) -> dict:
    """Tensors of a batch, the nested ones too, on a device."""
    return {name: to_device(value, device) if isinstance(value, dict) else value.to(device) if isinstance(value, torch.Tensor) else value
            for name, value in values.items()}


def main() -> None:
    Trainer(parse()).run()


if __name__ == "__main__":
    main()
