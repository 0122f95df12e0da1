"""A GitLab of one merge request, with a memory: its versions, drafts, discussions and notes.

Positions are judged as the real one does: the three commits of the newest version, both paths,
both numbers of an unchanged line and one of a changed one.
"""

from dataclasses import dataclass, field
from typing import Any

from bridges.http import Answer, Asked
from git_naturecode.bridges.lines import shown

ME = "project_1_bot"
_MERGE = "/api/v4/projects/acme%2Fshop/merge_requests/3"


@dataclass
class Lab:
    """The state of it; `page` is how much a page holds, `denied` refuses to write."""

    files: dict[str, str]
    head: str = "c" * 40
    discussions: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    published: int = 0
    page: int = 100
    denied: bool = False
    cut: int = 0

    def answer(self, asked: Asked) -> Answer:
        """What the server says to one request."""
        self.asked.append(asked)
        if asked.headers.get("PRIVATE-TOKEN", asked.headers.get("Private-Token")) != "secret-token":
            return Answer(401, {"message": "401 Unauthorized"})
        if asked.path == "/api/v4/user":
            return Answer(200, {"id": 9, "username": ME})
        if not asked.path.startswith(_MERGE):
            return Answer(404, {"message": "404 Not found"})
        if asked.method != "GET" and self.denied:
            return Answer(403, {"message": "403 Forbidden"})
        return self._rest(asked.method, asked.path.removeprefix(_MERGE), asked)

    def _rest(self, method: str, path: str, asked: Asked) -> Answer:
        parts = path.strip("/").split("/")
        if not path:
            return Answer(200, {
                "iid": 3, "title": "A change", "author": {"username": "ada"}, "state": "opened",
                "sha": self.head, "web_url": "https://forge.example/acme/shop/-/merge_requests/3",
                "diff_refs": {"base_sha": "b" * 40, "head_sha": self.head, "start_sha": "a" * 40},
            })  # fmt: skip
        if path == "/versions":
            return self._pages(asked, [{"id": 5}, {"id": 4}])
        if path == "/versions/5":
            return Answer(200, {"id": 5, **self._commits(), "diffs": [
                {"old_path": name, "new_path": name, "diff": patch, "new_file": False,
                 "deleted_file": False, "renamed_file": False}
                for name, patch in self.files.items()]})  # fmt: skip
        if path == "/draft_notes" and method == "POST":
            if why := self._wrong(asked.body["position"]):
                return Answer(400, {"message": why})
            self.drafts.append(asked.body)
            return Answer(201, {"id": len(self.drafts)})
        if path == "/draft_notes/bulk_publish":
            return self._publish()
        if path == "/discussions":
            return self._pages(asked, self.discussions)
        if parts[0] == "discussions" and method == "PUT":
            return self._resolve(parts[1], asked.body["resolved"])
        if path == "/notes" and method == "GET":
            return self._pages(asked, self.notes)
        if path == "/notes":
            self.notes.append({"id": len(self.notes), "author": {"username": ME}, **asked.body})
            return Answer(201, self.notes[-1])
        if parts[0] == "notes" and method == "PUT":
            self.notes[int(parts[1])]["body"] = asked.body["body"]
            return Answer(200, self.notes[int(parts[1])])
        return Answer(404, {"message": f"404 Not found: {method} {path}"})

    def _commits(self) -> dict[str, str]:
        return {
            "base_commit_sha": "b" * 40, "start_commit_sha": "a" * 40, "head_commit_sha": self.head,
        }  # fmt: skip

    def _publish(self) -> Answer:
        self.published += 1
        for one in self.drafts:
            note = {"author": {"username": ME}, "body": one["note"], "position": one["position"],
                    "resolvable": True, "resolved": False, "system": False}  # fmt: skip
            self.discussions.append({"id": f"d{len(self.discussions)}", "notes": [note]})
        self.drafts = []
        self.cut -= 1
        return Answer(204, cut=self.cut >= 0)

    def _resolve(self, name: str, done: bool) -> Answer:
        (thread,) = [one for one in self.discussions if one["id"] == name]
        thread["notes"][0] |= {"resolved": done, "resolved_by": {"username": ME} if done else None}
        return Answer(200, thread)

    def _wrong(self, position: dict[str, Any]) -> str:
        told = {name: position[f"{name}_sha"] for name in ("base", "start", "head")}
        if told != {"base": "b" * 40, "start": "a" * 40, "head": self.head}:
            return "the commits are not those of the newest version"
        if position["new_path"] not in self.files or "old_path" not in position:
            return "no such file"
        if position["position_type"] == "file":
            return ""
        lines = shown(self.files[position["new_path"]])
        old, new = position.get("old_line"), position.get("new_line")
        if new is not None and new in lines.new:
            return "" if (lines.new[new] or None) == old else "line_code can't be blank"
        if old is not None and old in lines.old:
            return "" if (lines.old[old] or None) == new else "line_code can't be blank"
        return "line_code can't be blank"

    def _pages(self, asked: Asked, items: list[Any]) -> Answer:
        size = min(int(asked.query.get("per_page", 20)), self.page)
        number = int(asked.query.get("page", 1))
        more = number * size < len(items)
        found = items[(number - 1) * size : number * size]
        link = f"<http://{asked.headers['Host']}{asked.path}?page={number + 1}&per_page={size}>"
        return Answer(200, found, {
            "X-Next-Page": str(number + 1) if more else "", "X-Page": str(number),
            "X-Per-Page": str(size), **({"Link": f'{link}; rel="next"'} if more else {}),
        })  # fmt: skip
