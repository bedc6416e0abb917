"""The landing zone: delivered bytes under their sha256, what is on its way there, and what was accepted."""
