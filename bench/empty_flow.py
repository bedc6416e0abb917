"""A Prefect flow that does nothing, on Prefect's own embedded server: what any flow costs.

`python -m bench.empty_flow`, with the settings of Prefect that the refresh sets for itself.
"""

from prefect import flow


@flow(name="empty")
def empty() -> None:
    """Do nothing."""


if __name__ == "__main__":
    empty()
