"""The house is built as its plan says: what imports what, and which modules there are."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ("ingest", "rag", "eval", "ui")
MODULES = sorted(file for package in ORDER for file in (ROOT / package).rglob("*.py"))
# Where a library is at home; nobody else imports it.
HOMES = {
    "chromadb": {"ingest/index.py"},
    "gradio": {"ui/app.py"},
    "bm25s": {"rag/search/keywords.py"},
}  # fmt: skip
# A room imports from rooms on lower floors, and from no other on its own.
FLOORS = {
    "rag": (
        ("types", "language"),
        ("models",),
        ("search", "question", "quote"),
        ("decide",),
        ("about", "check"),
        ("write",),
        ("chain",),
        ("wire", "load"),
    ),
    "eval": (
        ("types",),
        ("metrics",),
        ("sets", "suite", "gate"),
        ("report",),
        ("baselines", "ablations", "altered"),
        ("run",),
        ("training",),
    ),
}
MAX_MODULE_LINES, MAX_CLASS_LINES, MAX_ENTRIES = 260, 120, 14
SLOW = (
    "torch",
    "chromadb",
    "gradio",
    "sentence_transformers",
    "transformers",
    "onnxruntime",
    "sklearn",
    "pandas",
)


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def room_of(module: str) -> str:
    """Return the room of a package's module, or the module itself where it stands in none."""
    return module.split(".")[1]


def imported(file: Path) -> Iterator[str]:
    """Yield every module that a file imports, anywhere, but not only for its types."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for block in [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ]:
        block.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)}: a relative import"
            yield node.module or ""


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_a_module_imports_only_its_package_and_those_left_of_it(file: Path) -> None:
    allowed = ORDER[: ORDER.index(file.relative_to(ROOT).parts[0]) + 1]
    ours = {module.split(".", maxsplit=1)[0] for module in imported(file)} & {*ORDER, "tests"}
    assert ours <= set(allowed)


@pytest.mark.parametrize("package", FLOORS)
def test_a_room_imports_only_rooms_below_it(package: str) -> None:
    height = {room: level for level, floor in enumerate(FLOORS[package]) for room in floor}
    upward = [
        f"{name_of(file)} imports {module}"
        for file in MODULES
        if file.is_relative_to(ROOT / package)
        and file.parent.name + file.name != f"{package}__init__.py"
        for module in imported(file)
        if module.startswith(f"{package}.")
        and room_of(module) != room_of(dotted(file))
        and height[room_of(module)] >= height[room_of(dotted(file))]
    ]
    assert upward == []


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_at_its_home_only(library: str) -> None:
    users = {
        name_of(file)
        for file in MODULES
        if any(module.split(".")[0] == library for module in imported(file))
    }
    assert users == HOMES[library]


def test_importing_loads_nothing_slow_and_does_nothing() -> None:
    names = [dotted(file) for file in MODULES]
    quick = [
        name
        for name in names
        if name.startswith(("ingest", "rag")) or name in {"ui.cli", "ui.plain", "ui.render"}
    ]
    load = f"for name in {quick}: importlib.import_module(name)"
    code = f"import importlib, json, sys\n{load}\nprint(json.dumps(list(sys.modules)))"
    program = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert program.returncode == 0, program.stderr
    assert program.stderr == ""
    assert set(SLOW) & set(json.loads(program.stdout)) == set()


@pytest.mark.parametrize("package", ORDER)
def test_no_other_distribution_claims_the_name(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"essay-chat"}


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


def test_the_tree_in_the_architecture_names_exactly_the_modules_there_are() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- tree -->\s*```\w*\n(.*?)```\s*<!-- /tree -->", page, re.DOTALL)
    assert block, "docs/architecture.md has no tree between <!-- tree --> and <!-- /tree -->"
    rows = [line.split(maxsplit=1) for line in block.group(1).splitlines() if line.strip()]
    assert [row for row in rows if len(row) < 2] == [], "every line says what its file is for"
    there = {name_of(file) for file in MODULES if file.name != "__init__.py"}
    assert {row[0] for row in rows if row[0].endswith(".py")} == there
    assert [row[0] for row in rows if not (ROOT / row[0]).exists()] == []


def test_the_readme_names_every_room() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- rooms -->(.*?)<!-- /rooms -->", readme, re.DOTALL)
    assert block, "README.md has no rooms between <!-- rooms --> and <!-- /rooms -->"
    rooms = {file.parent.name for file in (ROOT / "rag").glob("*/__init__.py")}
    assert set(re.findall(r"(\w+)/ ", block.group(1))) == {*ORDER, *rooms}


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_a_module_and_its_classes_can_be_taken_in(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_MODULE_LINES
    classes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
    assert [c.name for c in classes if (c.end_lineno or 0) - c.lineno >= MAX_CLASS_LINES] == []


@pytest.mark.parametrize("package", ["rag", "eval"])
def test_a_package_has_few_doors(package: str) -> None:
    entries = [
        e for e in (ROOT / package).iterdir() if e.name not in {"__pycache__", "__init__.py"}
    ]
    assert len(entries) <= MAX_ENTRIES


def types_of(file: Path) -> Iterator[str]:
    """Yield the names of the classes and the type aliases of a module."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            [target] = node.targets
            if isinstance(target, ast.Name) and not target.id.isupper():
                yield target.id


def test_no_type_name_stands_twice() -> None:
    homes: dict[str, list[str]] = {}
    for file in MODULES:
        for name in types_of(file):
            homes.setdefault(name, []).append(name_of(file))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
