"""How two releases differ and what a redraw changed, from published figures alone."""
