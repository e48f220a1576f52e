from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reportedly.errors import TargetError
from reportedly.package.atomic import atomic


def test_what_fails_half_way_leaves_what_was_there(tmp_path):
    target = tmp_path / "file"
    target.write_text("old", encoding="utf-8")

    def fail() -> None:
        with atomic(target, force=True) as place:
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
        "from reportedly.package.atomic import atomic\n"
        "with atomic(pathlib.Path(sys.argv[1]), force=True) as place:\n"
        "    place.mkdir()\n"
        "    (place / 'new').touch()\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, target], check=False).returncode == -9
    assert [path.name for path in target.iterdir()] == ["old"]


def test_a_new_file_has_the_permissions_that_the_user_gives_new_files(tmp_path):
    before = os.umask(0o027)
    try:
        with atomic(tmp_path / "folder") as place:
            place.mkdir()
            (place / "file").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "folder" / "file").stat().st_mode) == 0o640


def test_a_folder_that_is_missing_is_made(tmp_path):
    with atomic(tmp_path / "a" / "b" / "file") as place:
        place.write_text("x", encoding="utf-8")
    assert (tmp_path / "a" / "b" / "file").read_text(encoding="utf-8") == "x"


def test_a_target_that_cannot_be_written_is_told_in_one_line():
    target = Path(os.devnull, "file")
    with pytest.raises(TargetError, match=rf"^{target}: .+$"), atomic(target):
        pass


def make_folder(target, **options):
    with atomic(target, **options) as place:
        place.mkdir()
        (place / "new").touch()


@pytest.mark.parametrize("target", [".", "..", "sub/..", ""])
def test_a_target_without_a_name_of_its_own_is_refused_and_nothing_touched(tmp_path, monkeypatch, target):
    here = tmp_path / "here"
    (here / "sub").mkdir(parents=True)
    mine = here / "mine"
    mine.touch(mode=0o600)
    monkeypatch.chdir(here)
    with pytest.raises(TargetError, match=r"has no name of its own; name the file or folder to make$"):
        make_folder(Path(target), force=True)
    assert sorted(path.name for path in here.iterdir()) == ["mine", "sub"]
    assert stat.S_IMODE(mine.stat().st_mode) == 0o600


def test_the_working_folder_and_those_around_it_are_never_replaced(tmp_path, monkeypatch):
    here = tmp_path / "around" / "here"
    here.mkdir(parents=True)
    (here / "mine").touch()
    monkeypatch.chdir(here)
    for target in (here, here.parent):
        with pytest.raises(TargetError, match="holds the working folder, which is never replaced"):
            make_folder(target, force=True)
    assert (here / "mine").exists()


def test_what_is_neither_a_file_nor_a_folder_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TargetError, match="is neither a file nor a folder"):
        make_folder(tmp_path / "pipe", force=True)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_folder_replaces_a_file_and_a_file_a_folder(tmp_path):
    target = tmp_path / "replaced"
    target.write_text("mine", encoding="utf-8")
    make_folder(target, force=True)
    assert [path.name for path in target.iterdir()] == ["new"]
    make_folder(target, force=True)
    with atomic(target, force=True) as place:
        place.write_text("again", encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "again"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("leads_to", ["real", "nowhere"])
def test_a_link_is_replaced_only_when_told_and_not_what_it_leads_to(tmp_path, leads_to):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "mine").touch()
    link = tmp_path / "link"
    link.symlink_to(leads_to)
    with pytest.raises(TargetError, match="is there already"):
        make_folder(link)
    make_folder(link, force=True)
    assert not link.is_symlink()
    assert [path.name for path in link.iterdir()] == ["new"]
    assert [path.name for path in (tmp_path / "real").iterdir()] == ["mine"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_a_name_that_is_too_long_is_told_in_one_line(tmp_path):
    target = tmp_path / ("x" * 300)
    with pytest.raises(TargetError, match=r"x: file name too long$"):
        make_folder(target)


def test_a_folder_that_was_missing_is_not_left_behind(tmp_path):
    def fail() -> None:
        with atomic(tmp_path / "a" / "b" / "file"):
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    assert list(tmp_path.iterdir()) == []
