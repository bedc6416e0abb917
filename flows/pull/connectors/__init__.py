"""One module per kind of source: a file behind an address, a portal, a GENESIS service, a WFS, a folder."""
