"""What is likely of a wait."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """What is likely, in minutes: a tenth wait less than `low`, half less than `middle`, nine of ten less than `high`.

    All of those who are called at all; that share of the tries is `called`.
    """

    low: float
    middle: float
    high: float
    called: float = 1.0
