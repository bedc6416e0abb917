"""Publish: protected tables become an immutable, versioned release, promoted by moving a pointer.

Kept empty of imports on purpose: `flows.publish.catalog` must load in milliseconds.
"""
