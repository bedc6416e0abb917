"""Fortschreibung: from a statistics office's extracts to published Sozialraum tables."""

import os

__version__ = "0.1.0"

__all__ = ["__version__"]

# numpy multiplies small matrices here, for which a second thread only waits, and may add up in another order
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
