"""The benchmark of `make bench`: this project against a floor, pandas, polars and an empty Prefect flow.

Only ratios measured in one run count; absolute seconds say more about the machine than about the code.
"""
