"""Reading delivered files: text, sheets and polygons as rows of text with exact line numbers."""
