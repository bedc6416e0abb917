"""Rounding and the cell key method: small counts are changed before anything is published, in place of suppressing."""
