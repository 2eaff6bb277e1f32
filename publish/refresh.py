"""Run notebooks again in place, then write them so that a second run changes no word of them.

Only the last bits of what players have stored, and pixels of figures, may differ.

`make refresh` runs all of them, `make refresh NB=04` those whose name starts with 04.
"""

import json
import re
import sys
from concurrent.futures import ProcessPoolExecutor

import nbformat
from nbclient import NotebookClient

from . import NOTEBOOKS

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
STATE = "application/vnd.jupyter.widget-state+json"
CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?(<|&lt;)[^\]]*\]")


def main(prefixes):
    """Refresh the numbered notebooks whose names start with one of the prefixes."""
    paths = sorted(p for p in NOTEBOOKS.glob("[0-9]*.ipynb") if p.name.startswith(prefixes))
    if not paths:
        sys.exit(f"No notebook starts with {' or '.join(prefixes)}.")
    with ProcessPoolExecutor(max_workers=2) as pool:
        for path, problem in zip(paths, pool.map(refresh, paths), strict=True):
            print(f"{path.name}: {problem or 'refreshed'}", flush=True)
            if problem:
                pool.shutdown(cancel_futures=True)
                sys.exit(1)


def refresh(path):
    """Run one notebook and write it back; a notebook that fails stays as it was."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    where = {"metadata": {"path": str(path.parent)}}
    try:
        NotebookClient(notebook, resources=where, timeout=300, coalesce_streams=True).execute()
    except Exception as problem:
        return str(problem)
    nbformat.write(normalise(notebook), path)


def normalise(notebook):
    """Return the notebook without anything that changes from run to run or machine to machine."""
    notebook = nbformat.from_dict(stable_widgets(notebook))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata.kernelspec = KERNELSPEC
    notebook.metadata.get("language_info", {}).pop("version", None)
    return notebook


def stable_widgets(notebook):
    """Number the widgets in the order of their creation, and stop the clock of progress bars.

    Widget ids are random. They occur as keys of the saved state, in the outputs that show a
    widget, and inside the state wherever one widget holds another ("IPY_MODEL_…"), so they are
    replaced in the notebook's whole text.
    """
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    for model in state.values():
        if isinstance(model["state"].get("value"), str):
            model["state"]["value"] = CLOCK.sub("]", model["state"]["value"])
    text = json.dumps(notebook)
    for number, old in enumerate(state):
        text = text.replace(old, f"{number:032x}")
    return json.loads(text)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or ("",))
