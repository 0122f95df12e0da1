"""What is kept of files of JavaScript, TypeScript, Go, Rust and Java, and to what imports lead."""

from ai.knowledge.from_code.projects import lay, proposals, read
from box import Box
from git_naturecode.ai.knowledge.from_code import compiled_facts, script_facts
from git_naturecode.ai.knowledge.from_code.naming import Resolver


def test_javascript_tells_imports_exports_environment_and_routes() -> None:
    found = script_facts.read(
        "src/a.ts",
        "/**\n * Serves the shop.\n */\n\nimport { a, type B } from './b';\n"
        "import type { T } from 'types';\n"
        "const c = require('@scope/c/deep');\n// import x from 'comment'\n"
        "const s = \"import y from 'text'\";\n"
        "/** Starts it. */\nexport async function start() { return import('./lazy'); }\n"
        "export class Shop<T extends Thing> extends Base {}\n"
        "const port = process.env.PORT || 3000;\nprocess.env['HOST'];\n"
        "app.get('/items', list);\n",
        "TypeScript",
        is_test=False,
    )
    assert found.doc == "Serves the shop."
    assert [(one.module, one.names, one.way) for one in found.imports] == [
        ("./b", ("a", "B"), ""), ("types", ("T",), "typing"), ("@scope/c/deep", (), ""),
        ("./lazy", (), "lazy"),
    ]  # fmt: skip
    assert [(one.name, one.doc, one.bases) for one in found.definitions] == [
        ("start", "Starts it.", ()), ("Shop", "", ("Base",)),
    ]  # fmt: skip
    assert [(one.name, one.default) for one in found.settings] == [("PORT", "3000"), ("HOST", "")]
    assert [(one.kind, one.name) for one in found.marks] == [("route", "/items")]


def test_go_tells_its_package_interfaces_and_tests() -> None:
    found = compiled_facts.read(
        "x/shop.go",
        "// Package shop sells things. Cheaply.\npackage shop\n\nimport (\n"
        '\t"os"\n\t"example.org/me/money"\n)\n\n'
        "// Seller sells.\ntype Seller interface {\n}\n\n"
        "var _ Seller = (*Till)(nil)\n\ntype Till struct{}\n\n"
        'func NewTill() *Till { os.Getenv("SHOP_HOME"); return nil }\nfunc hidden() {}\n',
        "Go",
        is_test=False,
    )
    assert (found.module, found.doc) == ("shop", "Package shop sells things.")
    assert [one.module for one in found.imports] == ["os", "example.org/me/money"]
    kinds = [(one.kind, one.name, one.marks) for one in found.definitions]
    assert kinds == [
        ("interface", "Seller", ("export",)), ("struct", "Till", ("export",)),
        ("function", "NewTill", ("export",)), ("function", "hidden", ()),
    ]  # fmt: skip
    assert [one.name for one in found.settings] == ["SHOP_HOME"]
    assert [(one.name, one.about) for one in found.marks] == [("Seller", ("Till",))]


def test_rust_and_java_tell_traits_and_classes() -> None:
    rust = compiled_facts.read(
        "src/lib.rs",
        "//! Sells things.\n//!\n//! More.\nuse crate::money::{Euro, Cent};\nmod orders;\n"
        "/// What can be sold.\npub trait Sold {}\nimpl Sold for Euro {}\nfn inner() {}\n"
        "#[cfg(test)]\nmod tests {\n    #[test]\n    fn it() {}\n}\n",
        "Rust",
        is_test=False,
    )
    assert rust.doc == "Sells things."
    assert [(one.module, one.names) for one in rust.imports] == [
        ("crate::money", ("Euro", "Cent")), ("self::orders", ()),
    ]  # fmt: skip
    assert rust.definitions[0][:2] == ("trait", "Sold")
    assert rust.definitions[0].doc == "What can be sold."
    assert rust.tested.tests == 1
    java = compiled_facts.read(
        "src/main/java/org/shop/Till.java",
        "package org.shop;\n\nimport java.util.List;\nimport org.shop.money.Euro;\n\n"
        "/** Takes money. */\npublic class Till extends Box implements Seller, Closeable {\n}\n",
        "Java",
        is_test=False,
    )
    assert java.module == "org.shop"
    assert java.definitions[0].bases == ("Box", "Seller", "Closeable")
    assert java.definitions[0].doc == "Takes money."


def test_imports_lead_to_the_files_of_the_project(box: Box) -> None:
    project, _ = read(lay(box, {
        "web/index.js": "import './lib/a.js'\nimport b from './lib'\nimport c from 'c'\n",
        "web/lib/a.ts": "export const a = 1\n", "web/lib/index.js": "module.exports = 1\n",
        "go.mod": "module example.org/shop\n", "till/till.go": "package till\n",
        "main.go": "package main\n\nimport \"example.org/shop/till\"\n\nfunc main() {}\n",
        "src/lib.rs": "mod money;\nuse crate::money::Euro;\n", "src/money.rs": "pub struct Euro;\n",
    }))  # fmt: skip
    resolver = Resolver(project.files, project.documents)

    def leads(path: str) -> list[list[str]]:
        one = project.files[path]
        return [resolver.targets(one, what) for what in one.imports]

    assert sorted(leads("web/index.js")) == [[], ["web/lib/a.ts"], ["web/lib/index.js"]]
    assert leads("main.go") == [["till/till.go"]]
    assert leads("src/lib.rs") == [["src/money.rs"], ["src/money.rs"]]
    outside = {
        resolver.outside(project.files["web/index.js"], w)
        for w in project.files["web/index.js"].imports
    }
    assert outside == {"", "c"}


def test_a_project_of_node_tells_its_scripts_and_packages(box: Box) -> None:
    found = proposals(lay(box, {
        "package.json": '{\n  "name": "till",\n  "description": "Takes money",\n'
        '  "main": "lib/index.js",\n'
        '  "bin": {"till": "bin/till.js"},\n  "scripts": {\n'
        '    "start": "node .",\n    "test": "vitest run"\n  },\n'
        '  "dependencies": {\n    "koa": "^2.0.0"\n  },\n'
        '  "devDependencies": {\n    "vitest": "^1"\n  }\n}\n',
        "node_modules/koa/package.json": '{"description": "Expressive middleware"}',
        ".gitignore": "node_modules\n",
        "lib/index.js": "const Koa = require('koa')\nconst b = require('./b')\n"
        "class Till {}\nmodule.exports = Till\n",
        "lib/b.js": "exports.b = 1\n", "test/b.test.js": "import './b'\nit('works', () => {})\n",
    }))  # fmt: skip
    assert "The command `till` runs `bin/till.js`." in found["architecture"].body
    assert "`npm run start`: `node .`." in found["architecture"].body
    assert (
        "**`koa`** `^2.0.0`: Expressive middleware. Imported in 1 file."
        in found["dependencies"].body
    )
    assert "`npm test`: `vitest run`." in found["testing"].body
    assert "Tests are written for Vitest." in found["testing"].body
