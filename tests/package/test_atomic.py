from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reportedly.errors import TargetError
from reportedly.package.atomic import atomic


def make_folder(target, **options):
    with atomic(target, **options) as place:
        place.mkdir()
        (place / "new").touch()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("target", ["file", "missing/folders/file"])
def test_what_fails_half_way_leaves_what_was_there(tmp_path, target):
    (tmp_path / "file").write_text("old", encoding="utf-8")

    def fail() -> None:
        with atomic(tmp_path / target, force=True) as place:
            place.write_text("new", encoding="utf-8")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["file"]


def test_what_is_killed_half_way_leaves_what_was_there(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    (target / "old").touch()
    code = (
        "import os, pathlib, sys\n"
        "from reportedly.package.atomic import atomic\n"
        "with atomic(pathlib.Path(sys.argv[1]), force=True) as place:\n"
        "    place.mkdir()\n"
        "    (place / 'new').touch()\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, target], check=False).returncode == -9
    assert names(target) == ["old"]


def test_a_new_file_has_the_permissions_that_the_user_gives_new_files_and_its_folders_are_made(tmp_path):
    target = tmp_path / "missing" / "folder"
    before = os.umask(0o027)
    try:
        make_folder(target)
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o750
    assert stat.S_IMODE((target / "new").stat().st_mode) == 0o640


NAMELESS = "has no name of its own; name the file or folder to make"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        *((target, NAMELESS) for target in (".", "..", "sub/..", "")),
        *((target, "holds the working folder, which is never replaced") for target in ("../here", "../../around")),
        ("pipe", "is neither a file nor a folder, and is never replaced"),
        ("x" * 300, "file name too long"),
        (f"{os.devnull}/file", f"{os.devnull} is no folder"),
    ],
)
def test_what_cannot_or_must_not_be_written_is_told_and_nothing_touched(tmp_path, monkeypatch, target, why):
    here = tmp_path / "around" / "here"
    (here / "sub").mkdir(parents=True)
    (here / "mine").touch(mode=0o600)
    os.mkfifo(here / "pipe")
    monkeypatch.chdir(here)
    with pytest.raises(TargetError, match=rf": {why}$"):
        make_folder(Path(target), force=True)
    assert names(here) == ["mine", "pipe", "sub"]
    assert stat.S_IMODE((here / "mine").stat().st_mode) == 0o600


def test_a_folder_replaces_a_file_and_a_file_a_folder(tmp_path):
    target = tmp_path / "replaced"
    target.write_text("mine", encoding="utf-8")
    for _ in range(2):
        make_folder(target, force=True)
        assert names(target) == ["new"]
    with atomic(target, force=True) as place:
        place.write_text("again", encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "again"
    assert names(tmp_path) == ["replaced"]


@pytest.mark.parametrize("leads_to", ["real", "nowhere"])
def test_a_link_is_replaced_only_when_told_and_not_what_it_leads_to(tmp_path, leads_to):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(leads_to)
    with pytest.raises(TargetError, match="is there already"):
        make_folder(link)
    make_folder(link, force=True)
    assert not link.is_symlink()
    assert (names(tmp_path), names(link), names(tmp_path / "real")) == (["link", "real"], ["new"], [])
