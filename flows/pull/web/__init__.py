"""Requests to hosts: sessions, answers that are read to their last byte, and rate limits."""
