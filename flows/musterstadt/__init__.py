"""Musterstadt: a synthetic city, its yearly extracts, and a small server that hands them out.

Nobody lives here. The city exists so that the whole yearly refresh can be run, tested and measured
without a single real person's data.
"""
