"""How a project is tested: what runs tests, how they are laid out and share, what CI does."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from git_naturecode.ai.knowledge.from_code.declared import declared
from git_naturecode.ai.knowledge.from_code.facts import File, Part, Place, Project, Statement, Topic
from git_naturecode.ai.knowledge.from_code.manifests import highest, line_of
from git_naturecode.ai.knowledge.from_code.naming import get, of_json, toml
from git_naturecode.ai.knowledge.from_code.sentences import code, counted, listed, quoted
from git_naturecode.ai.knowledge.from_code.structure import is_besides, main_files

_MOST = 15
_TOOLS = {
    "hypothesis": "properties are tried on made-up values", "pytest_asyncio": "asynchronous tests",
    "freezegun": "the clock is held still", "responses": "answers of hosts are made up",
    "respx": "answers of hosts are made up", "vcr": "answers of hosts are recorded",
    "testcontainers": "services are started in containers", "moto": "AWS is made up",
    "syrupy": "results are compared with kept ones", "faker": "values are made up",
    "factory": "objects are made by factories",
}  # fmt: skip
_RUNNERS = (
    ("vitest", "Vitest"), ("jest", "Jest"), ("mocha", "Mocha"), ("ava", "AVA"), ("tap", "tap"),
    ("borp", "borp"), ("@playwright/test", "Playwright"), ("cypress", "Cypress"),
    ("karma", "Karma"),
)  # fmt: skip


def topic(project: Project) -> Topic:
    """Testing strategies."""
    every = [one for one in project.files.values() if one.tested.tests]
    tests = [one for one in every if not is_besides(one.path)] or every
    if not tests and not any(one.is_test for one in project.files.values()):
        return Topic("testing", "Testing", ())
    parts = (
        Part("How to run them", tuple(_runs(project))),
        Part("What there is", tuple(_layout(project, tests))),
        Part("What tests share", tuple(_shared(project))),
        Part("Coverage", tuple(_coverage(project))),
        Part("What CI does", tuple(_jobs(project))),
    )
    return Topic("testing", "Testing", tuple(one for one in parts if one.statements))


def _runs(project: Project) -> Iterator[Statement]:
    documents = project.documents
    for path in highest(documents, "pyproject.toml")[:1]:
        text = documents[path].text
        options = get(toml(text), "tool", "pytest", "ini_options")
        if isinstance(options, dict):
            said = [
                f"{code(name)} {code(_words(options[name]))}"
                for name in ("testpaths", "addopts", "filterwarnings", "asyncio_mode", "pythonpath")
                if name in options
            ]
            tail = f": {', '.join(said)}" if said else ""
            line = line_of(text, r"^\[tool\.pytest")
            yield Statement(f"`pytest` runs them{tail}.", (Place(path, line),))
    for path in highest(documents, "pytest.ini")[:1]:
        yield Statement(
            "`pytest` runs them.", (Place(path, line_of(documents[path].text, r"^\[pytest\]")),)
        )
    for path in highest(documents, "tox.ini")[:1]:
        text = documents[path].text
        found = re.search(r"^(?:envlist|env_list)\s*=\s*(.*(?:\n[ \t]+.*)*)", text, re.M)
        if found:
            yield Statement(
                f"`tox` runs them in {code(' '.join(found[1].split()))}.",
                (Place(path, line_of(text, r"^(?:envlist|env_list)")),),
            )
    for path in highest(documents, "noxfile.py")[:1]:
        names = re.findall(
            r"^@nox\.session[^\n]*\n(?:@[^\n]*\n)*def (\w+)", documents[path].text, re.M
        )
        if names:
            yield Statement(f"`nox` has the sessions {listed(names, 8)}.", (Place(path, 1),))
    yield from _node(project)
    for path in highest(documents, "Makefile", "justfile")[:1]:
        for name in ("test", "tests", "check", "lint", "bench"):
            found = re.search(
                rf"^{name}\b[^:=\n]*:(?!=)[^\n]*\n((?:[ \t]+[^\n]*\n?)*)",
                documents[path].text,
                re.M,
            )
            if found:
                steps = [row.strip().lstrip("@-") for row in found[1].split("\n") if row.strip()]
                text = documents[path].text
                tool = "make" if posixpath.basename(path) == "Makefile" else "just"
                line = text.count("\n", 0, found.start()) + 1
                does = f": {', '.join(code(step, 120) for step in steps[:5])}" if steps else ""
                yield Statement(
                    f"{code(f'{tool} {name}')}{does}.", (Place(path, line, line + len(steps)),)
                )
    systems = {one.language for one in project.files.values() if one.tested.tests}
    for language, command in (("Go", "go test ./..."), ("Rust", "cargo test")):
        manifest = highest(documents, "go.mod" if language == "Go" else "Cargo.toml")
        if language in systems and manifest:
            yield Statement(f"{code(command)} runs the tests of {language}.", (Place(manifest[0]),))


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _node(project: Project) -> Iterator[Statement]:
    for path in highest(project.documents, "package.json")[:1]:
        text = project.documents[path].text
        said = of_json(text)
        scripts = said.get("scripts")
        for name, command in scripts.items() if isinstance(scripts, dict) else ():
            if re.match(r"(?:test|unit|lint|coverage|e2e)\b", name) and isinstance(command, str):
                line = line_of(text, rf'^[ \t]*"{re.escape(name)}"\s*:')
                called = "npm test" if name == "test" else f"npm run {name}"
                yield Statement(
                    f"{code(called)}: {code(command, 120)}.",
                    (Place(path, line),),
                )
        names = {one.name: one for one in declared({path: project.documents[path]})}
        for package, runner in _RUNNERS:
            if package in names:
                yield Statement(f"Tests are written for {runner}.", (names[package].place,))


def _layout(project: Project, tests: list[File]) -> Iterator[Statement]:
    folders: dict[str, list[File]] = {}
    common = posixpath.commonpath([posixpath.dirname(one.path) for one in tests] or [""])
    depth = max(common.count("/") + 1 if common else 1, 1)
    for one in tests:
        parts = posixpath.dirname(one.path).split("/")
        folders.setdefault("/".join(parts[:depth]) or ".", []).append(one)
    total = sum(one.tested.tests for one in tests)
    if not tests:
        return
    start = tests[0]
    yield Statement(
        f"{counted(total, 'test')} in {counted(len(tests), 'file')}, counted in the text "
        "(one that is tried with several values counts once).",
        (start.place(start.tested.first),),
    )
    for folder, some in sorted(folders.items(), key=lambda one: -len(one[1]))[:4]:
        inside = len(folder) + 1 if folder != "." else 0
        below = Counter(one.path[inside:].split("/")[0] for one in some if "/" in one.path[inside:])
        inner = [f"{name}/" for name, _ in below.most_common(6)]
        tail = f", most of them below {listed(inner, 6)}" if inner else ""
        where = f"{folder}/" if folder != "." else "the top"
        named = code(where) if folder != "." else where
        yield Statement(
            f"In {named}: {counted(len(some), 'file')} with tests{tail}.",
            (Place(some[0].path),),
        )
    yield from _mirrored(project, tests)
    beside = [one for one in tests if not one.is_test]
    if beside:
        yield Statement(
            f"Beside the code that they test: tests in {counted(len(beside), 'file')}.",
            tuple(one.place(one.tested.first) for one in beside[:2]),
        )


def _mirrored(project: Project, tests: list[File]) -> Iterator[Statement]:
    """Where the names of tests follow those of the code."""
    stems: dict[str, list[File]] = {}
    for one in main_files(project):
        stems.setdefault(posixpath.basename(one.path).rsplit(".", 1)[0], []).append(one)
    pairs: list[tuple[File, File]] = []
    for one in tests:
        name = posixpath.basename(one.path).rsplit(".", 1)[0]
        folder = posixpath.basename(posixpath.dirname(one.path))
        plain = re.sub(r"^test_|_test$|_spec$|\.(?:test|spec)$|Tests?$", "", name)
        for other in stems.get(plain, ()) if plain != name else ():
            if posixpath.basename(posixpath.dirname(other.path)) == folder or (
                folder in ("test", "tests", "__tests__") and len(stems[plain]) == 1
            ):
                pairs.append((one, other))
                break
    if len(pairs) >= 3 and 2 * len(pairs) >= len(tests):
        one, other = pairs[0]
        yield Statement(
            f"Tests are called as what they test: {len(pairs)} of {len(tests)} files, such as "
            f"{code(one.path)} for {code(other.path)}.",
            (one.place(), other.place()),
        )


def _shared(project: Project) -> Iterator[Statement]:
    fixtures = [(one, said) for one in project.files.values() for said in one.tested.fixtures]
    fixtures = [pair for pair in fixtures if not is_besides(pair[0].path)] or fixtures
    fixtures.sort(key=lambda pair: (not pair[1].doc, pair[0].path.count("/"), pair[0].path))
    common = [
        (one, said) for one, said in fixtures if posixpath.basename(one.path) == "conftest.py"
    ]
    told = (common or [pair for pair in fixtures if pair[1].doc])[:_MOST]
    for one, said in told:
        doc = f": {said.doc}" if said.doc else "."
        yield Statement(f"Fixture {code(said.name)}{doc}", (one.place(said.line, said.end),))
    left = len(fixtures) - len(told)
    if left > 0:
        yield Statement(f"{counted(left, 'fixture')} more.")
    marks: Counter[str] = Counter()
    where: dict[str, Place] = {}
    for one in project.files.values():
        for name, number in one.tested.marks:
            if not is_besides(one.path):
                marks[name] += number
                where.setdefault(name, one.place(one.tested.first))
    many = marks.pop("parametrize", 0)
    if many:
        yield Statement(
            f"Tried with several values (`parametrize`): {counted(many, 'test')}.",
            (where["parametrize"],),
        )
    given = marks.pop("given", 0)
    if given:
        yield Statement(
            f"A property that Hypothesis tries to break (`@given`): {counted(given, 'test')}.",
            (where["given"],),
        )
    if marks:
        names = [f"{code(name)} ({number})" for name, number in marks.most_common(8)]
        yield Statement(
            f"Marks: {', '.join(names)}.", tuple(where[name] for name, _ in marks.most_common(2))
        )
    for tool, what in _TOOLS.items():
        some = [one for one in project.files.values() if one.is_test and tool in one.tested.tools]
        if some and tool != "hypothesis":
            line = next((i.line for i in some[0].imports if i.module.split(".")[0] == tool), 0)
            yield Statement(
                f"{code(tool)}: {what} ({counted(len(some), 'file')}).", (some[0].place(line),)
            )


def _coverage(project: Project) -> Iterator[Statement]:
    for path in highest(project.documents, "pyproject.toml", ".coveragerc", "setup.cfg", "tox.ini"):
        text = project.documents[path].text
        found = re.search(r"^[ \t]*fail_under\s*=\s*([\d.]+)", text, re.M)
        if found:
            yield Statement(
                f"Below {found[1]} % coverage it fails.",
                (Place(path, text.count("\n", 0, found.start(1)) + 1),),
            )
        elif (
            re.search(r"^\[(?:tool\.coverage|coverage:|run\]|report\])", text, re.M)
            and "cover" in text
        ):
            line = line_of(text, r"^\[(?:tool\.coverage|coverage:|run\])")
            yield Statement(f"Coverage is set up in {code(path)}.", (Place(path, line),))


def _jobs(project: Project) -> Iterator[Statement]:
    """What workflows run, line by line; nothing is built from the YAML, nothing is run."""
    paths = [
        path for path in project.documents
        if re.search(r"(?:^|/)(?:\.github/workflows/|\.gitlab-ci\.yml$|\.ci/run$)", path)
    ]  # fmt: skip
    for path in sorted(paths)[:8]:
        text = project.documents[path].text
        name = re.search(r"^name:\s*(.{1,80})", text, re.M)
        called = quoted(name[1].strip("\"' ")) if name else code(posixpath.basename(path))
        steps = list(_steps(path, text))
        if steps:
            said = ", ".join(code(words, 90) for _, words in steps[:8])
            more = f" and {len(steps) - 8} more" if len(steps) > 8 else ""
            yield Statement(
                f"{called} runs {said}{more}.", (Place(path, steps[0][0], steps[-1][0]),)
            )


_NO_STEP = re.compile(
    r"^(?:set\s|echo\b|cd\b|export\b|if\b|fi$|then$|else$|done$|for\b|do$|trap\b|exit\b|mkdir\b|\w+=|[}{)]|esac|case\b|#|local\b|return\b|function\b|\w+\(\))"
)


def _steps(path: str, text: str) -> Iterator[tuple[int, str]]:
    rows = text.split("\n")[:1_000]
    if path.endswith(".ci/run"):
        for number, row in enumerate(rows, 1):
            if re.match(r"[A-Za-z./$]", row.strip()) and not _NO_STEP.match(row.strip()):
                yield number, row.strip()
        return
    block = -1
    for number, row in enumerate(rows, 1):
        indent = len(row) - len(row.lstrip())
        if block >= 0 and row.strip() and indent <= block:
            block = -1
        if block >= 0:
            words = row.strip().removeprefix("- ").strip()
            if words and not _NO_STEP.match(words):
                yield number, words
            continue
        found = re.match(r"\s*(?:-\s*)?run:\s*(.*)$", row)
        if found:
            words = found[1].strip()
            if words[:1] in ("|", ">"):
                block = indent
            elif words:
                yield number, words.strip("\"'")
        elif re.match(r"\s*(?:before_)?script:\s*$", row):
            block = indent
