"""Asking hosts: sessions, answers that are read to their last byte, and limits on how often a host is asked."""
