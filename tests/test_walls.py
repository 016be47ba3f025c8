"""The walls stand: the tree passes, a planted breach is named, and no module hides from the linter."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PLACES = ("shared/*/src", "services/*/src", "runner/src")
SOURCES = [path.relative_to(REPOSITORY) for place in PLACES for path in REPOSITORY.glob(place)]
CONTEXTS = sorted(path.name for path in REPOSITORY.glob("services/*/"))
LINTER = Path(sys.executable).with_name("lint-imports")

SQL = {"sqlalchemy", "sqlite3", "sqlmodel"}
NO_PLACE_IN_A_DOMAIN = {"asyncio", "logging", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "time"}
CLOCKS_AND_IDS = {"now", "today", "utcnow", "uuid1", "uuid4"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The sources of the eight distributions and the linter's configuration, copied."""
    without = shutil.ignore_patterns("__pycache__", "static")
    for source in SOURCES:
        shutil.copytree(REPOSITORY / source, tmp_path / source, ignore=without)
    shutil.copy(REPOSITORY / ".importlinter", tmp_path)
    return tmp_path


def lint(tree: Path) -> tuple[int, str]:
    """Exit status and output of the linter, run on the copy alone."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(tree / source) for source in SOURCES)}
    done = subprocess.run(
        [LINTER, "--no-cache", "--no-logo"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def plant(tree: Path, module: str, line: str) -> None:
    context = module.split(".")[1]
    file = tree / "services" / context / "src" / Path(*module.split(".")).with_suffix(".py")
    file.write_text(line + "\n")


def test_the_walls_of_the_tree_stand(tree: Path) -> None:
    status, said = lint(tree)
    assert status == 0, said


@pytest.mark.parametrize(
    ("module", "line", "named"),
    [
        ("carnet.objects.domain.breach", "import carnet.dispatch.domain", "carnet.dispatch.domain"),
        ("carnet.dispatch.domain.breach", "import sqlmodel", "sqlmodel"),
        ("carnet.dispatch.domain.breach", "import carnet.events", "carnet.events"),
        ("carnet.objects.domain.breach", "import carnet.objects.app", "carnet.objects.app"),
    ],
)
def test_a_planted_breach_is_named_with_its_line(tree: Path, module: str, line: str, named: str) -> None:
    plant(tree, module, line)
    status, said = lint(tree)
    assert status == 1
    assert f"{module} -> {named} (l.1)" in said


def test_a_module_without_a_room_is_named(tree: Path) -> None:
    plant(tree, "carnet.contracts.attic", "")
    status, said = lint(tree)
    assert status == 1
    assert "- carnet.contracts.attic" in said


def test_no_module_hides_from_the_linter() -> None:
    folders = {file.parent for source in SOURCES for file in (REPOSITORY / source).rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def imported(tree: ast.Module) -> Iterator[str]:
    """Every name that the module imports, in full: `sqlmodel.Session`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def root(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def parsed(place: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules of a folder, or the one module of that name."""
    folder = REPOSITORY / place
    for file in sorted([*folder.rglob("*.py"), *folder.parent.glob(f"{folder.name}.py")]):
        yield str(file.relative_to(REPOSITORY)), ast.parse(file.read_text())


def strangers(place: str, friends: set[str]) -> list[tuple[str, str]]:
    """Which file imports what is neither a friend nor of the standard library."""
    return [
        (file, name)
        for file, tree in parsed(place)
        for name in imported(tree)
        if root(name) not in sys.stdlib_module_names
        and not any(name == friend or name.startswith(friend + ".") for friend in friends)
    ]


def test_the_published_language_stands_on_pydantic_alone() -> None:
    assert strangers("shared/events/src", {"pydantic", "carnet.events"}) == []


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_domain_stands_on_pydantic_the_decider_its_state_and_its_sentences(context: str) -> None:
    domain, kernel = f"services/{context}/src/carnet/{context}/domain", "carnet.kernel"
    known = {"pydantic", f"{kernel}.decider", f"{kernel}.layers", f"{kernel}.sentence", f"carnet.{context}.domain"}
    assert strangers(domain, known) == []


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_domain_reads_no_clock_and_makes_no_ids(context: str) -> None:
    outside = [
        (file, word)
        for file, tree in parsed(f"services/{context}/src/carnet/{context}/domain")
        for word in NO_PLACE_IN_A_DOMAIN & set(map(root, imported(tree))) | CLOCKS_AND_IDS & set(called(tree))
    ]
    assert outside == []


@pytest.mark.parametrize("room", ["api", "consumers", "pages", "publishing", "streams"])
@pytest.mark.parametrize("context", CONTEXTS)
def test_sql_is_written_in_read_models_alone(context: str, room: str) -> None:
    written = [
        (file, name)
        for file, tree in parsed(f"services/{context}/src/carnet/{context}/{room}")
        for name in imported(tree)
        if root(name) in SQL and name != "sqlmodel.Session"  # a query takes one and asks a read model
    ]
    assert written == []
