"""Train the small autoencoder: a linear path from PCA of patches, then a convolutional decoder that learns what it leaves out.

    python -m livephoto_training.train.autoencoder --config configs/mini.json --data checkpoints/data -o checkpoints/mini/vae.safetensors
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from ..model.autoencoder import Autoencoder
from ..model.configuration import Configuration
from .state import descend


class CropSource:
    """Random crops of photographs at random scales, some with specks and streaks like those of snow and rain."""

    def __init__(self, photos: list[np.ndarray], seed: int):
        self.photos = photos
        self.random = np.random.default_rng(seed)

    def crop(self, side: int) -> np.ndarray:
        """One crop, float32 [side, side, 3] in [0, 1]."""
        photo = self.photos[self.random.integers(len(self.photos))]
        shortest = min(photo.shape[:2])
        window = int(round(math.exp(self.random.uniform(math.log(min(side, shortest)), math.log(shortest)))))
        top, left = (int(self.random.integers(length - window + 1)) for length in photo.shape[:2])
        image = Image.fromarray(photo[top:top + window, left:left + window]).resize((side, side), Image.BOX if window > 2 * side else Image.BILINEAR)
        pixels = np.asarray(image, np.float32) / 255
        if self.random.random() < 0.5:
            pixels = pixels[:, ::-1]
        return self.specks(pixels) if self.random.random() < 0.25 else pixels

    def specks(self, pixels: np.ndarray) -> np.ndarray:
        """Light or dark dots and short slanted lines over a picture."""
        pixels, side = pixels.copy(), pixels.shape[0]
        colour = np.float32(self.random.uniform(0.6, 1.0, 3) if self.random.random() < 0.8 else self.random.uniform(0, 0.3, 3))
        length = int(self.random.integers(1, 9))
        for _ in range(int(self.random.integers(10, 120))):
            row, column = self.random.integers(0, side - 10, 2)
            thick = int(self.random.integers(1, 4)) if length == 1 else 1
            for step in range(length):
                patch = pixels[row + step:row + step + thick, column + step // 3:column + step // 3 + thick]
                patch += (colour - patch) * np.float32(0.7)
        return pixels

    def batch(self, size: int, side: int) -> Tensor:
        """Crops [size, 3, side, side] in [-1, 1]."""
        pixels = np.stack([self.crop(side) for _ in range(size)])
        return torch.from_numpy(pixels).permute(0, 3, 1, 2).mul(2).sub(1).contiguous()


def principal_patches(pixels: Tensor, channels: int, factor: int) -> tuple[Tensor, Tensor, Tensor]:
    """PCA of the pictures' factor x factor patches: components [C, 3 f f] with fixed signs, deviations [C], mean [3 f f]."""
    patches = torch.nn.functional.unfold(pixels, factor, stride=factor).transpose(1, 2).reshape(-1, 3 * factor * factor).double()
    mean = patches.mean(0)
    covariance = torch.cov((patches - mean).T)
    values, vectors = torch.linalg.eigh(covariance)
    order = values.argsort(descending=True)[:channels]
    components = vectors[:, order].T
    strongest = components.abs().argmax(1, keepdim=True)
    return components * components.gather(1, strongest).sign(), values[order].sqrt(), mean


def set_linear_path(vae: Autoencoder, pixels: Tensor, power: float) -> Tensor:
    """Fill the linear path from PCA; channel c is divided by deviation_c ** power, then all by one number so that latents have unit power.

    A power of 0 leaves the squared error in latents that of the pixels, 1 whitens (each channel counts the same); between the two the
    fine channels weigh more than their pixels do, which small bright things (snow, sparks) need.
    """
    channels, factor = vae.encoder_linear.weight.shape[0], vae.encoder_linear.weight.shape[-1]
    components, deviations, mean = principal_patches(pixels, channels, factor)
    scale = deviations ** power
    scale = scale * ((deviations / scale) ** 2).mean().sqrt()
    with torch.no_grad():
        vae.encoder_linear.weight.copy_((components / scale[:, None]).reshape(channels, 3, factor, factor))
        vae.encoder_linear.bias.copy_(-(components @ mean) / scale)
        vae.decoder_linear.weight.copy_((components * scale[:, None]).reshape(channels, 3, factor, factor))
        # One bias per colour is all a transposed convolution has; the mean patch is nearly constant.
        outside = mean - components.T @ (components @ mean)
        vae.decoder_linear.bias.copy_(outside.reshape(3, -1).mean(1))
    return deviations / scale


def signal_to_noise(vae: Autoencoder, folder: Path, names: set[str], side: int) -> float:
    """Mean PSNR in dB of centre crops of the named photographs, reduced to side x side."""
    values = []
    for path in sorted(folder.iterdir()):
        if path.stem in names:
            image = Image.open(path).convert("RGB")
            scale = side / min(image.size)
            image = image.resize((max(side, round(image.width * scale)), max(side, round(image.height * scale))), Image.LANCZOS)
            left, top = (image.width - side) // 2, (image.height - side) // 2
            pixels = torch.from_numpy(np.asarray(image.crop((left, top, left + side, top + side)), np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
            with torch.no_grad():
                error = ((vae.decode(vae.encode(pixels)).clamp(-1, 1) - pixels) / 2).square().mean()
            values.append(-10 * math.log10(error.item()))
    return sum(values) / max(len(values), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"))
    parser.add_argument("--held-out", type=Path, help="folder with the held-out photographs, to report PSNR")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--power", type=float, default=0.5, help="0: latents as PCA gives them, 1: whitened")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    from ..data.prepare import HELD_OUT

    with np.load(arguments.data / "photos.npz") as archive:
        source = CropSource([archive[name] for name in archive.files], arguments.seed)
    vae = Autoencoder(Configuration.load(arguments.config).vae)
    latent_deviations = set_linear_path(vae, source.batch(512, 128), arguments.power)
    print("latent deviations", [round(v, 2) for v in latent_deviations.tolist()], flush=True)
    for layer in (vae.decoder.conv_out,):
        torch.nn.init.zeros_(layer.weight), torch.nn.init.zeros_(layer.bias)
    vae.encoder_linear.requires_grad_(False)

    def save() -> None:
        temporary = arguments.output.with_suffix(".partial")
        save_file({k: v.contiguous() for k, v in vae.state_dict().items()}, temporary)
        temporary.replace(arguments.output)

    def report(step: int) -> None:
        quality = signal_to_noise(vae, arguments.held_out, set(HELD_OUT), 256) if arguments.held_out else float("nan")
        print(f"step {step}  {time.time() - start:5.0f} s  held-out PSNR at 256x256 {quality:.2f} dB", flush=True)
        save()

    vae = vae.to(memory_format=torch.channels_last)
    parameters = [p for p in vae.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=2e-3, betas=(0.9, 0.99), weight_decay=0.0)
    start, step, reported, budget = time.time(), 0, 0.0, arguments.minutes * 60
    report(0)
    while (elapsed := time.time() - start) < budget:
        progress = elapsed / budget
        rate = 2e-3 * min(1.0, (step + 1) / 50) * (1.0 if progress < 0.4 else 0.02 + 0.98 * math.cos((progress - 0.4) / 0.6 * math.pi / 2) ** 2)
        for group in optimiser.param_groups:
            group["lr"] = rate
        pixels = source.batch(arguments.batch, 96).contiguous(memory_format=torch.channels_last)
        error = (vae.decode(vae.encode(pixels)) - pixels) * 0.5
        loss = error.square().mean() * 100 + error.abs().mean()
        descend(loss, optimiser, parameters)
        step += 1
        if elapsed - reported > 60:
            reported = elapsed
            report(step)
    report(step)


if __name__ == "__main__":
    main()
