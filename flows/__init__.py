"""Fortschreibung: from a statistics office's extracts to published Sozialraum tables."""

__version__ = "0.1.0"

__all__ = ["__version__"]
