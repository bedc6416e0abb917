"""Boundary changes: what became of units between two Zuschnitte, and how counts are carried over.

docs/boundary-changes.md explains the methods and what they cost.
"""
