"""What machines cost a month, by whatever their seller asks; without prices the sum as it is to be reckoned."""

from fleet.domain.figures import count_of
from fleet.domain.planned import Machines

FORMULA = {
    "vi": "Chi phí mỗi tháng = {} × giá một vCPU + {} × giá một GB bộ nhớ + {} × giá một GB đĩa",
    "en": "Cost a month = {} × price of a vCPU + {} × price of a GB of memory + {} × price of a GB of disk",
}


def priced(machines: Machines, prices: tuple[float, float, float] | None, language: str) -> str:
    """A sentence: the sum, and what it is of."""
    amounts = tuple(round(one) for one in (machines.cores, machines.memory_gb, machines.disk_gb))
    said = FORMULA[language].format(*(count_of(one, language) for one in amounts))
    if prices is None:
        return said
    total = sum(amount * price for amount, price in zip(amounts, prices, strict=True))
    return f"{said} = {count_of(round(total), language)}"
