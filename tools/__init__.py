"""Drawings for the docs, made from the code. Not part of the wheel."""
