"""Folders in which `nol` runs."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.nol import Nol


@pytest.fixture
def new_nol(tmp_path: Path) -> Iterator[Nol]:
    """In an empty folder: the first command makes the database."""
    with closing(Nol(tmp_path)) as nol:
        yield nol


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `var` with keys and a database into which the roster was imported."""
    with closing(Nol(tmp_path_factory.mktemp("nol"))) as nol:
        nol.run("roster", "import", "units.csv", "people.csv")
        return nol.folder / "var"


@pytest.fixture
def nol(imported: Path, tmp_path: Path) -> Iterator[Nol]:
    """In a folder of its own, with a copy of that database: as a person would have it after the first import."""
    shutil.copytree(imported, tmp_path / "var")
    with closing(Nol(tmp_path)) as nol:
        yield nol
