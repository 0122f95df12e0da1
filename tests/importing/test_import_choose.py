"""What an import takes: by tool, by the time of the last message, out of files with many."""

import json
import os
from pathlib import Path

from box import Clone
from logs import OLD, LlmLog, aider, naturecode


def names(clone: Clone) -> set[str]:
    listed = clone.nc("session", "list", "--json", "--limit", "1000").json
    return {item["origin"] for item in listed["items"]}


def test_since_looks_at_the_last_message_of_each_conversation(clone: Clone, tmp_path: Path) -> None:
    log = LlmLog(tmp_path / "logs.db", OLD)
    log.response("early", 1, "a", "b")
    log.response("both", 2, "a", "b")
    log.response("both", 40, "c", "d")
    log.response("late", 50, "a", "b")
    log.close()
    clone.nc("session", "import", "--since", "2026-11-22T10:00:30Z", str(log.path))
    assert names(clone) == {"both", "late"}
    said = clone.nc("session", "import", "--since", "2026-11-22T11:00:00Z", str(log.path), code=1)
    assert "no transcripts were found since then" in said.err
    again = clone.nc("session", "import", str(log.path), "--json").json
    assert (again["newSessions"], again["files"]) == (1, 1)


def test_since_takes_the_time_of_a_file_where_it_does_not_tell(
    clone: Clone, tmp_path: Path
) -> None:
    history = tmp_path / ".aider.chat.history.md"
    history.write_text(aider("hi"))
    os.utime(history, (1795345200, 1795345200))  # an hour after the second session began
    clone.nc("session", "import", "--since", "2026-11-22T10:59:30Z", str(history))
    assert {name[:19] for name in names(clone)} == {"2026-11-22 10:00:00", "2026-11-22 11:00:00"}
    os.utime(history, (1795352400, 1795352400))
    late = clone.nc("session", "import", "--since", "2026-11-22T12:00:00Z", str(history), "--json")
    assert late.json["entries"] == 0


def test_the_log_of_llm_is_taken_only_when_asked_for(clone: Clone, sealed: Path) -> None:
    folder = sealed / ".config" / "io.datasette.llm"
    folder.mkdir(parents=True)
    log = LlmLog(folder / "logs.db", OLD)
    log.response("one", 1, "a", "b")
    log.close()
    assert "no transcripts" in clone.nc("session", "import", "--auto", code=1).err
    clone.nc("session", "import", "--auto", "--from", "llm")
    assert names(clone) == {"one"}
    clone.env["LLM_USER_PATH"] = str(sealed)
    clone.nc("session", "import", "--auto", "--from", "llm", code=1)


def test_from_takes_one_tool_out_of_a_folder(clone: Clone, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(naturecode("hi")))
    (folder / "b.md").write_text(aider("hi"))
    (folder / "c.md").write_text("# Notes\n")
    clone.nc("session", "import", "--from", "naturecode", str(folder))
    assert names(clone) == {"session-1234567890"}
    said = clone.nc("session", "import", str(folder))
    assert said.err.count("warning: not a transcript that I know") == 1
    assert len(names(clone)) == 3
