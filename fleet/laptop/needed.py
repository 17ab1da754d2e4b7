"""Which sources a device needs, found by following imports and loans: a role that it does not have costs it no flash.

Where the firmware chooses by name (`if role == "printer": from firmware.wiring.printer import …`) only the branches of
the chosen names are followed; what is imported for the type checker is not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from fleet.laptop.firmware_tree import PACKAGES, ROOT


def needed(modules: list[str], chosen: frozenset[str], root: Path = ROOT) -> list[Path]:
    """The sources of these modules and of all that they import, packages included, in order of their names."""
    found: set[Path] = set()
    left = list(modules)
    while left:
        name = left.pop()
        source = source_of(name, root)
        if source is None or source in found:
            continue
        found.add(source)
        left += [name.rsplit(".", 1)[0]] if "." in name else []
        left += list(imported(ast.parse(source.read_text()).body, chosen))
    return sorted(found)


def source_of(name: str, root: Path) -> Path | None:
    """The file of a module or package of ours; None for anything else, such as a name inside a module."""
    if name.split(".")[0] not in PACKAGES:
        return None
    place = root.joinpath(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def imported(body: list[ast.stmt], chosen: frozenset[str]) -> Iterator[str]:
    """The names that these statements import, wherever in them; of `from a import b` both a and a.b."""
    for one in body:
        if isinstance(one, ast.If) and not followed(one.test, chosen):
            yield from imported(one.orelse, chosen)
        elif isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names)
        elif isinstance(one, ast.ImportFrom) and one.module:
            yield one.module
            yield from (f"{one.module}.{alias.name}" for alias in one.names)
        else:
            for call in calls_of(one):
                yield from lent_by(call)
                yield from read_as(call)
            for inner in ("body", "orelse", "finalbody"):
                yield from imported(getattr(one, inner, []), chosen)
            for handler in getattr(one, "handlers", []):
                yield from imported(handler.body, chosen)


def calls_of(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls that a statement itself makes, not those of statements inside it."""
    for part in ast.iter_child_nodes(statement):
        for one in ast.walk(part) if isinstance(part, ast.expr) else ():
            if isinstance(one, ast.Call):
                yield one


def lent_by(call: ast.Call) -> Iterator[str]:
    """The module that this borrows for a moment: `lent("finding")`."""
    if isinstance(call.func, ast.Name) and call.func.id == "lent":
        name = call.args[0]  # the others are what it imports
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield f"firmware.{name.value}"


def read_as(call: ast.Call) -> Iterator[str]:
    """The module as which a part of the state is read: `device.on_state.append(("tone", "reader_state.Tone", …))`."""
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "append"
        and "on_state" in ast.unparse(call.func.value)
    ):
        message = ast.literal_eval(call.args[0].elts[1])  # type: ignore[attr-defined]
        module = message.strip("[]").rpartition(".")[0]
        yield from [f"protocols.{module}"] if module else []


def followed(test: ast.expr, chosen: frozenset[str]) -> bool:
    """Whether a branch may be taken on this device."""
    if isinstance(test, ast.Name):
        return test.id != "TYPE_CHECKING"
    names = named_by(test)
    return names is None or names in chosen


def named_by(test: ast.expr) -> str | None:
    """The name that a branch is chosen by; None if it is chosen by something else."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        chooser, name = test.left, test.comparators[0]
        if isinstance(chooser, ast.Name) and chooser.id in ("role", "name") and isinstance(name, ast.Constant):
            return str(name.value)
    return None


def roles(root: Path = ROOT) -> list[str]:
    """The roles that the application knows, in the order in which it knows them."""
    tree = ast.parse((root / "firmware" / "starting.py").read_text())
    branches = [one for one in ast.walk(tree) if isinstance(one, ast.If) and named_by(one.test)]
    wiring = [one for one in branches if any(name.startswith("firmware.wiring.") for name in imports_of(one))]
    return [str(named_by(one.test)) for one in sorted(wiring, key=lambda one: one.lineno)]


def imports_of(branch: ast.If) -> list[str]:
    """What the branch itself imports."""
    return [one.module for one in branch.body if isinstance(one, ast.ImportFrom) and one.module]
