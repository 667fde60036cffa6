"""Evaluation: does a clip do what its prompt says? Works on the frames of any generator."""
