"""Write the six tiny models with random weights that the tests of every language load.

    python -m livephoto_training.export.tiny -o Tests/Fixtures

``tiny-model`` has every part (motion head, re-weighting, content encoder, residual space); ``tiny-latent-model`` is the paper's form
(latent space, noise prediction, convolutional encoder, no motion head, no conditioning embedding); ``tiny-pia-model`` is PIA's form (nine
channels, group norms of the resnets over the whole clip); ``tiny-animatediff-model`` AnimateDiff's (four channels, diffusers' norms);
``tiny-reference-model`` is given noise and photo alone (eight channels);
``tiny-layered-model`` is ``tiny-model`` with a layered motion head.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from ..model.configuration import Configuration
from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer, train_tokenizer
from .folder import clear, size_of, write_folder

TEXTS = [
    "the camera pans to the left", "the camera pans to the right slowly", "snow is falling", "the camera zooms in", "a dog is jumping",
    "the fire is burning fast", "the light gets darker", "the subject stays still", "the panda is dancing", "rain and wind",
]


def configuration(latent: bool, layered: bool = False) -> Configuration:
    """The smallest sizes that still take every path."""
    channels = 4 if latent else 6
    inputs = 2 * channels + 2
    values = {
        "format": "livephoto", "version": 1, "name": "tiny-latent-model" if latent else "tiny-model", "license": "CC0-1.0",
        "frames": {"default": 6 if latent else 5, "minimum": 2, "maximum": 16, "fps": 8},
        "working": {"area": 2304, "multiple": 16, "minimum_side": 32, "maximum_side": 96},
        "tokenizer": {"max_length": 12},
        "text_encoder": {"vocab_size": 544, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
                         "max_position_embeddings": 12, "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5},
        "text_reweighting": {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "hidden_act": "gelu",
                             "layer_norm_eps": 1e-5, "frames": 1 if latent else 4},
        "content_encoder": {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "mlp_ratio": 2, "patch_size": 14,
                            "image_size": 42, "layer_norm_eps": 1e-6, "num_register_tokens": 0 if latent else 2, "use_swiglu_ffn": False,
                            "resize": "crop" if latent else "stretch", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
        "vae": {"in_channels": 3, "out_channels": 3, "latent_channels": channels, "block_out_channels": [4, 4, 4, 8], "layers_per_block": 1,
                "norm_num_groups": 2, "mid_block_add_attention": True, "use_quant_conv": latent, "use_post_quant_conv": latent,
                "scaling_factor": 0.18215 if latent else 1.0, "kl_encoder": latent, "linear_path": not latent},
        "unet": {"in_channels": inputs, "out_channels": channels, "block_out_channels": [4, 8], "layers_per_block": 1,
                 "down_block_types": ["DownBlockMotion", "CrossAttnDownBlockMotion"],
                 "up_block_types": ["CrossAttnUpBlockMotion", "UpBlockMotion"],
                 "num_attention_heads": 2, "cross_attention_dim": 12, "norm_num_groups": 2, "norm_eps": 1e-5,
                 "use_linear_projection": not latent, "resnet_time_scale_shift": "default" if latent else "scale_shift",
                 "resnet_norm_scope": "frame", "use_motion_modules": True, "use_motion_mid_block": not latent,
                 "motion_num_attention_heads": 2, "motion_norm_scope": "frame", "motion_positions": "index" if latent else "clip",
                 "motion_frames": 16, "image_cross_attention": True, "image_embedding_dim": 8},
        "scheduler": {"num_train_timesteps": 1000, "beta_schedule": "linear" if latent else "squaredcos_cap_v2", "beta_start": 0.00085,
                      "beta_end": 0.012, "prediction_type": "epsilon" if latent else "sample",
                      "timestep_spacing": "leading" if latent else "trailing", "steps_offset": 1 if latent else 0,
                      "set_alpha_to_one": not latent, "rescale_betas_zero_snr": False},
        "conditioning": {"layout": [["noise", channels], ["reference", channels], ["frame", 1], ["intensity", 1]],
                         "latent_space": "latent" if latent else "residual", "residual_scale": 0.5, "residual_gain": 0.75,
                         "intensity_scale": 1.0 if latent else 0.1, "zero_mean_noise": not latent},
        "prior": {"mode": "ddim", "alpha_first": 0.033, "alpha_last": 0.016, "variance_preserving": False},
        "intensity": {"edges": [0.995, 0.98, 0.96, 0.94, 0.9, 0.86, 0.8, 0.7, 0.6], "default": 5},
        "composition": {"border": "reflect", "residual_threshold": 0.006, "anchor_first_frame": not latent},
        "defaults": {"steps": 4, "guidance": 7.5 if latent else 1.5, "sampler": "ddim", "negative_prompt": ""},
    }
    if not latent:
        values["unet"]["conditioning_embedding"] = {"frame": True, "level": True, "text": True}
        values["unet"]["motion_head"] = {"hidden_channels": 8, "upscale": 2, "flow_scale": 0.1, "light_scale": 0.5}
    if layered:
        values["name"] = "tiny-layered-model"
        values["unet"]["motion_head"] = {"layers": True, "program_channels": 16, "photo_channels": [4, 4, 8, 8]}
        values["content_encoder"] = {
            "type": "efficientnet", "stem_channels": 4, "head_channels": 16, "mean": [0.5, 0.48, 0.46], "std": [0.5, 0.5, 0.4],
            "stages": [[1, 4, 1, 3, 1], [2, 6, 2, 3, 2], [1, 8, 2, 5, 2], [1, 8, 2, 3, 2], [2, 10, 2, 5, 1], [1, 12, 2, 5, 2]]}
        values["unet"]["image_embedding_dim"] = 12
    return Configuration(values)


#: Forms without any part of LivePhoto's own: what the network is given, and its norms.
FORMS = {
    "tiny-pia-model": ([["noise", 4], ["affinity", 1], ["reference", 4]],
                       {"use_motion_mid_block": False, "resnet_norm_scope": "clip", "motion_norm_scope": "frame"}),
    "tiny-animatediff-model": ([["noise", 4]], {"use_motion_mid_block": True, "resnet_norm_scope": "frame", "motion_norm_scope": "clip"}),
    "tiny-reference-model": ([["noise", 4], ["reference", 4]],
                             {"use_motion_mid_block": False, "resnet_norm_scope": "frame", "motion_norm_scope": "frame"}),
}


def conditioned(name: str) -> Configuration:
    """One of ``FORMS``."""
    layout, norms = FORMS[name]
    values = configuration(latent=True).as_dict()
    values |= {"name": name, "text_reweighting": None, "content_encoder": None, "prior": None,
               "conditioning": {"layout": layout, "latent_space": "latent"},
               "frames": {"default": 6, "minimum": 1, "maximum": 8, "fps": 8}}
    values["unet"] |= {"in_channels": sum(n for _, n in layout), "image_cross_attention": False} | norms
    values["scheduler"] |= {"set_alpha_to_one": True}
    del values["defaults"]["negative_prompt"]
    return Configuration(values)


def random_model(config: Configuration, seed: int) -> LivePhotoModel:
    """Random weights of a size that keeps activations near one; norms and biases are random too, so that no mistake hides behind 0 or 1."""
    torch.manual_seed(seed)
    model = LivePhotoModel(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1 and "embedding" not in name.split(".")[-2] and not name.endswith(("cls_token", "position_embeddings")):
                fan = parameter[0].numel()
                parameter.normal_(0, 1.0 / fan ** 0.5)
            elif parameter.ndim == 1 and name.endswith(("weight", "lambda1")):
                parameter.normal_(1, 0.1)
            else:
                parameter.normal_(0, 0.1)
        if config.content_encoder and config.content_encoder.type:
            for name, parameter in model.content_encoder.named_parameters():
                if parameter.ndim > 1:
                    parameter.mul_(1.6)  # each ReLU takes half of the size
        if hasattr(model.unet.motion_head, "program"):
            model.unet.motion_head.photo.conv_out_2.weight.mul_(3)
            model.unet.motion_head.program.size_2.bias.sub_(2)
        elif model.unet.motion_head is not None:
            model.unet.motion_head.conv_2.weight.mul_(0.5)
            model.unet.motion_head.affine_2.weight.mul_(0.5)
    return model.eval()


def tiny_tokenizer(size: int, length: int) -> Tokenizer:
    return train_tokenizer(TEXTS, [], size, length)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("Tests/Fixtures"))
    arguments = parser.parse_args()
    models = [(configuration(False), 7), (configuration(True), 11), (configuration(False, True), 5)]
    models += [(conditioned(name), seed) for name, seed in zip(FORMS, (13, 17, 19))]
    for config, seed in models:
        model = random_model(config, seed)
        tokenizer = tiny_tokenizer(config.text_encoder.vocab_size, config.tokenizer.max_length)
        folder = arguments.output / config.name
        clear(folder)
        write_folder(model, tokenizer, folder, torch.float32)
        print(f"{folder}: {sum(p.numel() for p in model.parameters())} parameters, {size_of(folder)} bytes")


if __name__ == "__main__":
    main()
