"""The metrics of every process as a page of the documentation: docs/metrics.md."""

from collections.abc import Iterator

from prometheus_client.metrics import MetricWrapperBase

from fleet import metrics

HEAD = """# Metrics

What each process tells Prometheus; made by `make contract`. [How to watch](observing.md) says where it is asked
for, and what to alert of. No label holds a device, an office or a person.

| metric | is | labels | tells |
|---|---|---|---|
"""


def listed() -> str:
    """The whole page."""
    return HEAD + "".join(sorted(rows()))


def rows() -> Iterator[str]:
    """One row of the table for each metric."""
    for one in vars(metrics).values():
        if isinstance(one, MetricWrapperBase):
            told = next(iter(one.describe()))
            name = f"{told.name}_total" if told.type == "counter" else told.name
            labels = ", ".join(f"`{label}`" for label in one._labelnames)
            yield f"| `{name}` | {told.type} | {labels} | {told.documentation} |\n"
