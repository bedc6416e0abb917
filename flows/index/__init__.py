"""Indices of need: one score from several published figures, its class, and how sure that is."""
