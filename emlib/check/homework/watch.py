"""Watching a student's code: which packages it calls, and which functions it replaces."""

import sys
from types import CodeType, ModuleType

import emlib

_GIVEN: set[CodeType] = set()
_PRISTINE: list[tuple[object, dict, set[str]]] = []


def given(function):
    """Mark a function that a test hands to the student's code, which may call it."""
    _GIVEN.add(function.__code__)
    return function


def watched(function, banned: set[str], used: set[str]):
    """Return the function in a wrapper that notes in used which banned packages it calls."""

    def look(frame, event, _):
        package, name = _package(frame), frame.f_code.co_name
        from_outside = package in banned and _package(frame.f_back) != package
        if event == "call" and from_outside and frame.f_code not in _GIVEN and name[:2] != "__":
            used.add(package)

    def call(*arguments, **named):
        sys.setprofile(look)
        try:
            return function(*arguments, **named)
        finally:
            sys.setprofile(None)
            restore()

    return call


def _package(frame) -> str:
    """Return the package to which the code of a frame belongs."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] if frame else ""


def install() -> None:
    """From now on, put back what code replaces: before each cell and test, and after each call.

    Grading calls this before a submission's first line (notebooks/homework/nbgrader_config.py); a
    second call, which may be a submission's own, does nothing. Elsewhere nobody calls it: a
    reader's session is theirs.
    """
    if _PRISTINE:
        return
    _PRISTINE.extend(_snapshot())
    from IPython import get_ipython

    if shell := get_ipython():
        shell.events.register("pre_run_cell", restore)


def restore(*_) -> None:
    """Put back every function that has been replaced since `install`."""
    for owner, functions, names in _PRISTINE:
        now = vars(owner)
        for name, function in functions.items():
            if now.get(name) is not function:
                setattr(owner, name, function)
        if isinstance(owner, type):
            for name in now.keys() - names:
                delattr(owner, name)


def _snapshot() -> list[tuple[object, dict, set[str]]]:
    """Return what a submission may not replace: the functions of emlib, numpy and Python."""
    modules = [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in ("emlib", "numpy", "math", "builtins")
        and isinstance(module, ModuleType)
    ]
    classes = [thing for thing in vars(emlib).values() if isinstance(thing, type)]
    return [(owner, _functions(owner), set(vars(owner))) for owner in (*modules, *classes)]


def _functions(owner) -> dict:
    # The kernel itself exchanges input() around every cell.
    return {
        name: member
        for name, member in vars(owner).items()
        if name != "input" and (callable(member) or isinstance(member, property | classmethod))
    }
