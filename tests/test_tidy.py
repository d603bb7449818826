"""The rules of the house that no linter checks. Each test names the file that breaks its rule."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from qiyafa.trace.methods import METHODS

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "qiyafa"
MODULES = sorted(SOURCE.rglob("*.py"))
TEST_FILES = sorted((ROOT / "tests").rglob("test_*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "common", "misc", "base", "core", "manager", "service"}
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
DEEPEST_NESTING = 4
LONGEST_ARCHITECTURE = 200

NESTING = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def lines_without_docstring(function: ast.FunctionDef) -> int:
    body = function.body
    documented = ast.get_docstring(function) is not None and len(body) > 1
    first = body[1].lineno if documented else body[0].lineno
    return (function.end_lineno or first) - first + 1


def depth(node: ast.AST, level: int = 0) -> int:
    """Return how deep the blocks in a node stand; an `elif` stands as deep as its `if`."""
    deepest = level
    for child in ast.iter_child_nodes(node):
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, depth(child, level + (isinstance(child, NESTING) and not is_elif)))
    return deepest


def test_functions_are_short() -> None:
    long = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in MODULES
        for function in functions(path)
        if lines_without_docstring(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_functions_are_not_deeply_nested() -> None:
    deep = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in MODULES
        for function in functions(path)
        if depth(function) > DEEPEST_NESTING
    ]
    assert deep == []


def test_files_have_one_idea() -> None:
    long = [name(path) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE]
    assert long == []


def test_modules_are_named_for_what_they_are() -> None:
    assert [name(path) for path in MODULES if path.stem in BANNED_NAMES] == []


def test_modules_say_what_they_answer() -> None:
    assert [name(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_public_things_are_documented() -> None:
    bare = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in public_things(tree(path))
        if not ast.get_docstring(node)
    ]
    assert bare == []


def public_things(module: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield inner


def test_packages_only_list_what_is_in_them() -> None:
    """An `__init__.py` holds a docstring and at most a registry; the text catalogue and the faces are their package."""
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
    full = [
        name(path)
        for path in MODULES
        if path.name == "__init__.py"
        and path.parent.name not in {"text", "chains"}
        and not all(isinstance(node, allowed) for node in tree(path).body)
    ]
    assert full == []


def test_every_method_is_listed_and_has_its_page() -> None:
    files = {path.stem for path in (SOURCE / "trace" / "methods").glob("*.py")} - {"__init__", "sorted_lots"}
    assert files == set(METHODS)
    assert {path.stem for path in (ROOT / "docs" / "methods").glob("*.md")} - {"README"} == set(METHODS)


def test_only_chains_asks_which_chain_it_is() -> None:
    """Outside `chains/` no code compares with the name of a chain."""
    asking = []
    for path in MODULES:
        if "chains" not in path.parts:
            for node in ast.walk(tree(path)):
                words = [word.value for word in ast.walk(node) if isinstance(word, ast.Constant)]
                if isinstance(node, ast.Compare) and any(
                    isinstance(word, str) and re.search(r"eip155|bip122|tron|ethereum|bitcoin", word) for word in words
                ):
                    asking.append(f"{name(path)}:{node.lineno}")
    assert asking == []


def test_tests_stand_where_what_they_test_stands() -> None:
    """tests/trace/test_plan.py tests src/qiyafa/trace/plan.py, or the package of that name; suites over several say
    so.
    """
    suites = {"conformance", "end_to_end"}
    stray = []
    for path in TEST_FILES:
        place = path.relative_to(ROOT / "tests")
        if place.parts[0] in suites or len(place.parts) == 1:
            continue
        if not (SOURCE / place.parent).is_dir():
            stray.append(str(place))
    assert stray == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "/work/"])
def test_nothing_is_left_over(word: str) -> None:
    assert [name(path) for path in MODULES if word in path.read_text(encoding="utf-8")] == []


def test_every_dependency_earns_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    wanted = [line for line in [*project["dependencies"], *extras] if not line.startswith("qiyafa[")]
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    missing = [line for line in wanted if f"`{re.split(r'[^A-Za-z0-9-]', line)[0]}`" not in architecture]
    assert missing == []
    assert len(architecture.splitlines()) <= LONGEST_ARCHITECTURE


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{name(page)}: {target}")
    assert broken == []


def test_the_readme_quotes_only_measured_figures() -> None:
    from benchmarks.figures import figures

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = readme.partition("<!-- figures -->\n")[2].partition("<!-- end of figures -->")[0]
    assert quoted == figures()
