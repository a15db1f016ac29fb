# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every notebook of this folder and fails with the first cell that does; nothing is written.

A notebook that was saved with outputs is refused.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def main():
    folder = Path(__file__).parent
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        sys.exit("notebooks: there is none")
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code" and (cell.outputs or cell.execution_count):
                sys.exit(f"notebooks: {path.name} has outputs; strip them")
        NotebookClient(
            notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
        pictures = sum(
            "image/png" in output.get("data", {})
            for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
        print(f"notebooks: {path.name} ran, {pictures} figures")
        if pictures == 0:
            sys.exit(f"notebooks: {path.name} drew nothing")


if __name__ == "__main__":
    main()
