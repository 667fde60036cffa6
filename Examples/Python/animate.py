#!/usr/bin/env python3
"""Makes a clip of a photo: python animate.py cat.jpg "the camera zooms in" cat.mp4 --intensity 6

Introduces: a pipeline, progress, saving, what can go wrong.
"""

import argparse
import sys

import livephoto


def main() -> int:
    parser = argparse.ArgumentParser(description="Animates a photo.")
    parser.add_argument("photo")
    parser.add_argument("prompt", help="how the photo moves")
    parser.add_argument("output", help=".mp4, .webm, .gif, .webp, .png, or a folder ending in /")
    parser.add_argument("--intensity", type=float, default=5, help="1 (nearly still) to 10 (default: 5)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--model", help="folder of a model (default: the shipped one)")
    options = parser.parse_args()

    try:
        with livephoto.Pipeline(options.model) as pipeline:
            clip = pipeline.animate(
                options.photo,
                options.prompt,
                intensity=options.intensity,
                seed=options.seed,
                frames=options.frames,
                steps=options.steps,
                progress=True,
            )
            clip.save(options.output)
    except livephoto.LivePhotoError as error:
        print(f"animate.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"{options.output}: {len(clip)} frames of {clip.width}x{clip.height}, measured intensity {clip.level:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
