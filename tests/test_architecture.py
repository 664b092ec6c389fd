"""The shape of the product: imports run one way, the core is pure, files stay small, names are the field's own."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted((ROOT / "bot").rglob("*.py"))
CORE = sorted((ROOT / "bot" / "core").rglob("*.py"))

# What would let the outside into the core by a name that needs no import, or by a type that is imported for its data.
IMPURE_NAMES = {"open", "print", "input", "exec", "eval", "__import__"}
IMPURE_METHODS = {"now", "utcnow", "today", "monotonic", "perf_counter", "sleep", "urlopen", "getenv"}


def test_import_contracts_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def impure_calls(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in IMPURE_NAMES:
            found.append(f"{node.lineno}: {node.func.id}()")
        if isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
            found.append(f"{node.lineno}: .{node.func.attr}()")
    return found


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_core_has_no_clock_disk_network_log_or_chance(path):
    assert impure_calls(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["date.today()", "datetime.now(UTC)", "open('x')", "print(1)", "os.getenv('A')"])
def test_an_impure_line_in_the_core_would_be_found(line):
    assert impure_calls(line) != []


def test_no_file_is_longer_than_300_lines():
    long = {str(p.relative_to(ROOT)): n for p in CODE if (n := len(p.read_text(encoding="utf-8").splitlines())) > 300}
    assert long == {}


def test_names_say_what_they_are():
    assert [p for p in CODE if p.stem in ("utils", "helpers", "manager", "misc", "common")] == []


def test_every_module_opens_with_its_rules():
    bare = [str(p.relative_to(ROOT)) for p in CODE if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert bare == []


def test_help_starts_without_the_heavy_libraries():
    code = (
        "import sys, bot.cli\n"
        "try: bot.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'pydantic', 'jinja2', 'sqlite_utils', 'imapclient', 'PIL', 'mailparser', 'structlog', 'babel'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.strip() == "[]"
    assert "after-sales demo" in done.stdout
