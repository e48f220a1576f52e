from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reportedly.errors import TargetError
from reportedly.writing import whole


def test_what_fails_half_way_leaves_what_was_there(tmp_path):
    target = tmp_path / "file"
    target.write_text("old", encoding="utf-8")

    def fail() -> None:
        with whole(target, force=True) as place:
            place.write_text("new", encoding="utf-8")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_killed_half_way_leaves_what_was_there(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    (target / "old").touch()
    code = (
        "import os, pathlib, sys\n"
        "from reportedly.writing import whole\n"
        "with whole(pathlib.Path(sys.argv[1]), force=True) as place:\n"
        "    place.mkdir()\n"
        "    (place / 'new').touch()\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, target], check=False).returncode == -9
    assert [path.name for path in target.iterdir()] == ["old"]


def test_a_new_file_has_the_permissions_that_the_user_gives_new_files(tmp_path):
    before = os.umask(0o027)
    try:
        with whole(tmp_path / "folder") as place:
            place.mkdir()
            (place / "file").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "folder" / "file").stat().st_mode) == 0o640


def test_a_folder_that_is_missing_is_made(tmp_path):
    with whole(tmp_path / "a" / "b" / "file") as place:
        place.write_text("x", encoding="utf-8")
    assert (tmp_path / "a" / "b" / "file").read_text(encoding="utf-8") == "x"


def test_a_target_that_cannot_be_written_is_told_in_one_line():
    target = Path(os.devnull, "file")
    with pytest.raises(TargetError, match=rf"^{target}: .+$"), whole(target):
        pass
