"""The size limits of the house: a file, a function, a nesting that a reader can hold in mind."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from infra.place import ROOT

FILE_LINES = 500
FUNCTION_LINES = 60
NESTING = 4
_WRITTEN_BY_TOOLS = ("infra/migrations/", "frontend/src/contracts.ts")
_BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Finding:
    """One thing that is too large: `place` is `path` or `path:function`."""

    place: str
    says: str


def python_findings(path: str, source: str) -> Iterator[Finding]:
    """What is too large in one Python file, and a first line that does not say the file's purpose."""
    yield from file_findings(path, source)
    tree = ast.parse(source)
    purpose = (ast.get_docstring(tree) or "").partition("\n")[0]
    if source.strip() and (not purpose or not source.lstrip().startswith(('"""', "#!", 'r"""'))):
        yield Finding(path, "the first line does not say the file's purpose")
    for function in (node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)):
        place = f"{path}:{function.name}"
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines >= FUNCTION_LINES:
            yield Finding(place, f"{lines} lines; a function must stay below {FUNCTION_LINES}")
        depth = nesting(function)
        if depth >= NESTING:
            yield Finding(place, f"nested {depth} deep; a function must stay below {NESTING}")


def file_findings(path: str, source: str) -> Iterator[Finding]:
    """Whether one file of any language is too long."""
    lines = len(source.splitlines())
    if lines >= FILE_LINES:
        yield Finding(path, f"{lines} lines; a file must stay below {FILE_LINES}")


def nesting(node: ast.AST, depth: int = 0) -> int:
    """How many blocks stand inside one another; `elif` stands beside its `if`, inner functions count by themselves."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = (
            isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse and len(node.orelse) == 1
        )
        deeper = isinstance(child, _BLOCKS) and not is_elif
        deepest = max(deepest, nesting(child, depth + deeper))
    return deepest


def tracked(*patterns: str) -> list[str]:
    """The repository's files by pattern, new ones included."""
    argv = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    return sorted(set(subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split("\n")) - {""})


def findings(paths: Iterable[str]) -> Iterator[Finding]:
    """What is too large among files of the repository; a file that was deleted is passed over."""
    for path in paths:
        if path.startswith(_WRITTEN_BY_TOOLS) or not (ROOT / path).exists():
            continue
        source = (ROOT / path).read_text()
        yield from python_findings(path, source) if path.endswith(".py") else file_findings(path, source)


def unexcused(found: Iterable[Finding], exceptions: Mapping[str, str]) -> Iterator[Finding]:
    """Findings without a written reason, and reasons that excuse nothing any more."""
    used = set()
    for finding in found:
        if exceptions.get(finding.place, "").strip():
            used.add(finding.place)
        else:
            yield finding
    for place in sorted(set(exceptions) - used):
        yield Finding(place, "is excepted in pyproject.toml, but is not too large (any more)")


def main() -> int:
    """Prints every finding; exceptions stand in pyproject.toml under [tool.muster.sizes], each with its reason."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    exceptions = settings.get("tool", {}).get("muster", {}).get("sizes", {})
    paths = tracked("*.py", "frontend/src/*.ts", "frontend/src/*.tsx", "frontend/src/*.css", "muster")
    found = list(unexcused(findings(paths), exceptions))
    for finding in found:
        print(f"{finding.place}: {finding.says}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
