"""What a class of protection may say of its method, and what is refused with the remedy."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from flows.profile.protection import Protection

LEAST = {"min_numerator": 3, "min_denominator": 3}
ROUND = {"method": "round", "secret": "STADT_GEHEIMNIS"}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (ROUND | {"base": 2}, "greater than or equal to 3"),
        (ROUND | {"base": 1_000}, "less than or equal to 100"),
        (ROUND | {"min_numerator": 5}, "write base = 5"),
        ({"method": "round"}, "needs `secret`"),
        ({"method": "cell-key", "secret": "STADT_GEHEIMNIS"}, "needs `ptable`"),
        ({"base": 3}, "method = 'suppress' has no use for base"),
        (ROUND | {"secret": "geheim"}, "pattern"),
    ],
)
def test_what_does_not_fit_the_method_is_refused(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Protection.model_validate(LEAST | keys)


def test_a_class_that_rounds_without_a_base_rounds_to_3() -> None:
    assert Protection.model_validate(LEAST | ROUND).rounding_base == 3
