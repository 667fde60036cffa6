#!/usr/bin/env python3
"""One photo at many intensities, as a contact sheet: python sweep.py cat.jpg "the cat turns its head" sheet.png

Each row is a clip: the intensity that was asked for, the one that was measured, and frames from first to last.
Introduces: one model for many pipelines, measuring, Pillow. Needs Pillow.
"""

import argparse
import sys

from PIL import Image, ImageDraw

import livephoto

COLUMNS = 6
LABEL = 76
GAP = 4


def row(clip: livephoto.Clip, asked: float, width: int) -> Image.Image:
    """A label and COLUMNS frames of a clip, each `width` pixels wide."""
    height = max(1, round(width * clip.height / clip.width))
    strip = Image.new("RGB", (LABEL + COLUMNS * (width + GAP), height + GAP), "white")
    ImageDraw.Draw(strip).text((6, 6), f"asked {asked:g}\nfound {clip.level:.1f}\nSSIM {clip.ssim:.3f}", fill="black")
    for column in range(COLUMNS):
        frame = clip[round(column * (len(clip) - 1) / (COLUMNS - 1))]
        strip.paste(frame.image().resize((width, height)), (LABEL + column * (width + GAP), 0))
    return strip


def main() -> int:
    parser = argparse.ArgumentParser(description="Shows what the motion intensity does.")
    parser.add_argument("photo")
    parser.add_argument("prompt")
    parser.add_argument("output", help="picture to write")
    parser.add_argument("--levels", type=float, nargs="+", default=[1, 3, 5, 7, 10])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--width", type=int, default=160, help="pixels of a frame on the sheet (default: 160)")
    parser.add_argument("--model", help="folder of a model (default: the shipped one)")
    options = parser.parse_args()

    rows = []
    try:
        with livephoto.Pipeline(options.model) as pipeline:
            pipeline.configure(
                options.photo, options.prompt, seed=options.seed, frames=options.frames, steps=options.steps
            )
            print("asked  measured  SSIM")
            for level in options.levels:
                clip = pipeline.animate(intensity=level)
                print(f"{level:5g}  {clip.level:8.1f}  {clip.ssim:.3f}", flush=True)
                rows.append(row(clip, level, options.width))
    except livephoto.LivePhotoError as error:
        print(f"sweep.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

    sheet = Image.new("RGB", (rows[0].width, sum(strip.height for strip in rows)), "white")
    top = 0
    for strip in rows:
        sheet.paste(strip, (0, top))
        top += strip.height
    sheet.save(options.output)
    print(options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
