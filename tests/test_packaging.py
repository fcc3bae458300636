"""What ships: the same bytes twice, one package and nothing else, and a program that no file of the user can shadow."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from hatch_build import FOLDERS, PACKAGE, pack, rewrite

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = PROJECT["project"]["version"]
# Without the caller's own settings: no index, no extra folders, no path of this checkout.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "COV_", "COVERAGE_"))
} | {"PIP_CONFIG_FILE": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
EVERY_MODULE = f"""
import importlib, pkgutil, {PACKAGE}
names = [m.name for m in pkgutil.walk_packages({PACKAGE}.__path__, "{PACKAGE}.") if not m.name.endswith("__main__")]
for name in names:
    importlib.import_module(name)
print(*names, sep="\\n")
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and give what it printed; a failure shows both streams."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, target: str, to: Path) -> Path:
    """Build the sdist or the wheel of a source folder."""
    run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", to, cwd=source)
    (made,) = to.glob("*.tar.gz" if target == "sdist" else "*.whl")
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The sdist and the wheel of one round, and the unpacked sdist that the wheel was built from."""

    sdist: Path
    unpacked: Path
    wheel: Path

    def sources(self) -> set[str]:
        """List the files of the sdist, as paths of the repository."""
        return {path.relative_to(self.unpacked).as_posix() for path in self.unpacked.rglob("*") if path.is_file()}

    def packed(self) -> dict[str, bytes]:
        """Give the files of the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def release(folder: Path) -> Release:
    """Build the sdist of the checkout, and the wheel of that sdist."""
    sdist = build(ROOT, "sdist", folder / "sdist")
    run("tar", "-xzf", sdist, cwd=folder)
    unpacked = folder / f"{PACKAGE}-{VERSION}"
    return Release(sdist=sdist, unpacked=unpacked, wheel=build(unpacked, "wheel", folder / "wheel"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """One release, shared by the tests of this module."""
    return release(tmp_path_factory.mktemp("release"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The wheel in an environment of its own, and a folder full of modules that must never be imported."""

    python: Path
    decoys: Path

    @property
    def script(self) -> Path:
        """The console script."""
        return self.python.with_name(PACKAGE)


@pytest.fixture(scope="module")
def installed(built: Release, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel without an index; its dependencies are lent by the environment of the tests.

    A ``.pth`` file found through another ``.pth`` file is not followed, so the checkout stays invisible.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home / "venv", with_pip=False, symlinks=True)
    python = home / "venv" / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", built.wheel, cwd=home)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    (site / "lent.pth").write_text(
        f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n", encoding="utf-8"
    )
    decoys = home / "decoys"
    decoys.mkdir()
    for folder in FOLDERS:
        (decoys / f"{folder}.py").write_text(
            f"raise RuntimeError('the {folder}.py of the user was imported')\n", encoding="utf-8"
        )
    return Installed(python=python, decoys=decoys)


def test_two_builds_give_the_same_bytes(built: Release, tmp_path: Path) -> None:
    again = release(tmp_path)
    assert again.sdist.read_bytes() == built.sdist.read_bytes()
    assert again.wheel.read_bytes() == built.wheel.read_bytes()


def in_version_control(*options: str) -> set[str]:
    """List files as git sees them; skip where there is no git checkout, as in an unpacked sdist."""
    try:
        command = ["git", "ls-files", "-z", *options]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: nothing to compare the sdist with")
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def test_the_sdist_holds_every_file_of_its_list_that_git_does_not_ignore(built: Release) -> None:
    shipped = {path.lstrip("/") for path in PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    files = in_version_control("--cached", "--others", "--exclude-standard")
    expected = {name for name in files if name.partition("/")[0] in shipped}
    assert built.sources() == expected | {".gitignore", "PKG-INFO", "pyproject.toml"}


def test_whatever_is_tracked_ships_or_is_left_out_on_purpose() -> None:
    shipped = {path.lstrip("/") for path in PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    left_out = {
        ".gitattributes",
        ".gitignore",
        ".pre-commit-config.yaml",
        "pyproject.toml",
        "web",
    }  # hatchling adds two
    assert {name.partition("/")[0] for name in in_version_control()} <= shipped | left_out


def place_in_wheel(source: str) -> str | None:
    """Say where a file of the repository goes."""
    folder = source.partition("/")[0]
    if folder == PACKAGE:
        return source
    return f"{PACKAGE}/{source}" if folder in FOLDERS else None


def test_the_wheel_holds_the_files_of_the_folders_with_their_imports_rewritten(built: Release) -> None:
    packed = {
        name: data for name, data in built.packed().items() if not name.startswith(f"{PACKAGE}-{VERSION}.dist-info/")
    }
    expected: dict[str, bytes] = {}
    for source in built.sources():
        if place := place_in_wheel(source):
            data = (built.unpacked / source).read_bytes()
            expected[place] = rewrite(data.decode(), source).encode() if source.endswith(".py") else data
    assert sorted(packed) == sorted(expected)
    assert packed == expected
    assert f"{PACKAGE}/py.typed" in packed


def test_the_wheel_runs_on_any_platform_and_carries_its_licence(built: Release) -> None:
    packed = built.packed()
    assert built.wheel.name == f"{PACKAGE}-{VERSION}-py3-none-any.whl"
    assert packed[f"{PACKAGE}-{VERSION}.dist-info/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_entry_points_name_modules_of_the_front_door() -> None:
    """``questeur.graph`` does not exist in the repository, so no entry point can name it."""
    project = PROJECT["project"]
    tables = [project.get("scripts", {}), project.get("gui-scripts", {}), *project.get("entry-points", {}).values()]
    named = [value.partition(":")[0].split(".") for table in tables for value in table.values()]
    assert named
    assert not [name for name in named if name[0] != PACKAGE or set(name[1:2]).intersection(FOLDERS)]


def test_an_editable_install_is_one_file_that_names_the_checkout(tmp_path: Path) -> None:
    run(sys.executable, "-c", f"import hatchling.build as b; b.build_editable({str(tmp_path)!r})", cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (link,) = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert PurePosixPath(link).suffix == ".pth"
        assert archive.read(link).decode().split() == [str(ROOT)]


def test_a_front_door_module_with_the_name_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / PACKAGE).mkdir()
    (tmp_path / PACKAGE / "graph.py").write_text('"""Taken."""\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"graph\.py: no module of questeur/"):
        list(pack(tmp_path, tmp_path / "packed"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_wheel_takes_no_name_but_its_own(installed: Installed, folder: str, tmp_path: Path) -> None:
    code = f"import importlib.util; print(importlib.util.find_spec({folder!r}))"
    assert run(installed.python, "-c", code, cwd=tmp_path) == "None\n"


def test_the_program_starts_beside_files_of_the_user_with_the_names_of_our_folders(installed: Installed) -> None:
    for command in ((installed.script,), (installed.python, "-m", PACKAGE)):
        assert run(*command, "--version", cwd=installed.decoys).split()[-1] == VERSION


def test_every_module_imports_beside_files_of_the_user_with_the_names_of_our_folders(
    installed: Installed, built: Release
) -> None:
    names = run(installed.python, "-c", EVERY_MODULE, cwd=installed.decoys).split()
    modules = {
        PurePosixPath(name).with_suffix("")
        for name in built.packed()
        if name.endswith(".py") and "__main__" not in name
    }
    dotted = {".".join(path.parent.parts if path.name == "__init__" else path.parts) for path in modules}
    assert set(names) == dotted - {PACKAGE}


def test_the_installed_program_builds_what_the_checkout_builds(
    installed: Installed, built: Release, tmp_path: Path
) -> None:
    sample = built.unpacked / PACKAGE / "sample"
    sources = [path for path in sorted(sample.iterdir()) if path.suffix in {".zip", ".txt"}]
    assert sources
    reports: list[str] = []
    for name, command, cwd in (
        ("installed", (installed.script,), installed.decoys),
        ("checkout", (sys.executable, "-m", PACKAGE), ROOT),
    ):
        report = tmp_path / f"{name}.json"
        run(*command, "build", *sources, "--into", tmp_path / name, "--report", report, cwd=cwd)
        assert (tmp_path / name / "CURRENT").read_text(encoding="utf-8").strip() == "g1"
        reports.append(report.read_text(encoding="utf-8"))
    assert reports[0] == reports[1]


def test_the_program_the_package_and_the_citation_say_the_same_version() -> None:
    assert run(sys.executable, "-m", PACKAGE, "--version", cwd=ROOT).split()[-1] == VERSION
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
