"""Data preparation: packages and folders of pictures in, one compact cache out."""
