"""`captures` and `export --warc`: what there is, one of them, whether all are whole, and out of the house."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.captures import captures_in
from storage.wacz import WaczBroken, is_wacz, warcs_in
from tests.scheduler.commands import SAMPLES, type_command

SAMPLE = SAMPLES / "us_dhs" / "current"
URL = json.loads((SAMPLE / "meta.json").read_text())["url"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one release, taken in from its sample."""
    folder = tmp_path_factory.mktemp("history")
    taken = type_command("ingest", SAMPLE / "page.html", "--url", URL, "--data", folder)
    assert taken.code == 0, taken.err
    return folder


def test_captures_are_listed_and_shown_with_their_head_and_body(data: Path) -> None:
    (line,) = type_command("captures", "list", "--json", "--data", data).lines
    assert (line["url"], line["source"], line["status"], line["origin"]) == (URL, "us_dhs", 200, "file")
    shown = type_command("captures", "show", line["id"], "--json", "--data", data).lines[0]
    assert shown["digest"] == line["digest"]
    assert shown["headers"][0] == {"name": "Content-Type", "value": "text/html"}
    body = type_command("captures", "show", line["id"], "--body", "--data", data)
    assert body.out == (SAMPLE / "page.html").read_text("utf-8")
    assert "us_dhs" in type_command("captures", "list", "--data", data).out
    assert type_command("captures", "list", "--source", "mx_sre", "--json", "--data", data).lines == []
    nothing = type_command("captures", "show", 99, "--data", data)
    assert nothing.code == 1
    assert "expected a capture 99" in nothing.err


def test_verifying_says_that_all_is_whole_or_what_is_broken_with_an_exit_code(
    data: Path, tmp_path: Path
) -> None:
    whole = type_command("captures", "verify", "--json", "--data", data)
    assert whole.code == 0
    assert whole.lines[-1]["broken"] == 0
    (file,) = (data / "captures").rglob("*.warc.gz")
    kept = file.read_bytes()
    try:
        file.write_bytes(kept[:-30])
        broken = type_command("captures", "verify", "--json", "--data", data)
        assert broken.code == 1
        assert broken.lines[0]["problem"] == "damaged"
        assert broken.lines[0]["file"] == file.relative_to(data / "captures").as_posix()
        assert "things are broken" in type_command("captures", "verify", "--data", data).err
    finally:
        file.write_bytes(kept)
    assert type_command("captures", "verify", "--data", tmp_path / "nothing").code == 1


def test_a_statement_leaves_the_house_as_a_warc_and_comes_into_another(data: Path, tmp_path: Path) -> None:
    (statement,) = type_command("statements", "--json", "--data", data).lines
    out = tmp_path / "one.warc.gz"
    exported = type_command("export", "--warc", out, "--statement", statement["id"], "--json", "--data", data)
    assert exported.code == 0, exported.err
    assert exported.lines[0]["responses"] == 1
    assert [(each.url, each.body) for each in captures_in(out)] == [
        (URL, (SAMPLE / "page.html").read_bytes())
    ]
    again = type_command("export", "--warc", out, "--source", "us_dhs", "--data", data)
    assert again.code == 2
    assert "there already" in again.err
    nothing = type_command("export", "--warc", tmp_path / "n.warc.gz", "--source", "mx_sre", "--data", data)
    assert nothing.code == 1
    assert not (tmp_path / "n.warc.gz").exists()
    taken = type_command("ingest", out, "--data", tmp_path / "other", "--json")
    assert [line["fate"] for line in taken.lines] == ["new"]


def test_a_wacz_leaves_the_house_and_comes_into_another(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.wacz"
    exported = type_command("export", "--warc", out, "--source", "us_dhs", "--data", data)
    assert exported.code == 0, exported.err
    assert is_wacz(out)
    with zipfile.ZipFile(out) as opened:
        package = json.loads(opened.read("datapackage.json"))
        assert {each["path"] for each in package["resources"]} < set(opened.namelist())
        assert all(each.compress_type == zipfile.ZIP_STORED for each in opened.infolist())
    taken = type_command("ingest", out, "--data", tmp_path / "other", "--json")
    assert taken.code == 0, taken.err
    assert [line["fate"] for line in taken.lines] == ["new"]


class TestHostileWacz:
    def made(self, path: Path, entries: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
        with zipfile.ZipFile(path, "w", how) as made:
            for name, content in entries.items():
                made.writestr(name, content)
        return path

    def read(self, path: Path) -> None:
        with warcs_in(path) as found:
            list(found)

    def test_a_bomb_is_refused_before_it_is_unpacked(self, tmp_path: Path) -> None:
        bomb = self.made(tmp_path / "b.wacz", {"archive/a.warc.gz": bytes(200 * 2**20)})
        with pytest.raises(WaczBroken, match="would become"):
            self.read(bomb)
        taken = type_command("ingest", bomb, "--data", tmp_path / "data", "--json")
        assert (taken.code, taken.lines[0]["fate"]) == (1, "failed")

    def test_names_that_lead_elsewhere_are_never_written(self, tmp_path: Path) -> None:
        inside = tmp_path / "in"
        inside.mkdir()
        path = self.made(
            inside / "p.wacz",
            {
                "archive/../../../evil.warc.gz": b"x",
                "archive/ok.warc": b"WARC/1.0\r\n\r\n",
                "/evil.warc": b"x",
            },
        )
        with warcs_in(path) as found:
            names = [each.name for each in found]
        assert names == ["0.warc"]
        assert not list(tmp_path.rglob("evil*"))

    def test_a_damaged_zip_and_one_without_a_warc_fail_by_name(self, tmp_path: Path) -> None:
        path = self.made(tmp_path / "n.wacz", {"archive/a.txt": b"x"})
        with pytest.raises(WaczBroken, match="found none"):
            self.read(path)
        torn = tmp_path / "t.wacz"
        torn.write_bytes(path.read_bytes()[:40])
        with pytest.raises(WaczBroken, match="no zip file"):
            self.read(torn)


def test_pywb_shows_the_page_of_an_exported_warc(data: Path, tmp_path: Path) -> None:
    """pywb pins old packages: COMMUNIQUE_TEST_PYWB names the Python of an environment of its own."""
    programs = Path(os.environ.get("COMMUNIQUE_TEST_PYWB", "")).parent
    if not (programs / "wb-manager").exists():
        reason = "no pywb: set COMMUNIQUE_TEST_PYWB as tests/pywb.py says"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    out = tmp_path / "out.warc.gz"
    assert type_command("export", "--warc", out, "--source", "us_dhs", "--data", data).code == 0
    for words in (["init", "ours"], ["add", "ours", str(out)]):
        subprocess.run([programs / "wb-manager", *words], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "config.yaml").write_text("collections_root: collections\n")
    told = tmp_path / "log"
    script = (
        "import sys; from gevent.pywsgi import WSGIServer; from pywb.apps.frontendapp import FrontEndApp\n"
        "server = WSGIServer(('127.0.0.1', 0), FrontEndApp(custom_config={'debug': False}), log=None)\n"
        "server.start(); print(server.server_port, flush=True); server.serve_forever()\n"
    )
    with told.open("wb") as log:
        process = subprocess.Popen(
            [programs / "python", "-c", "from gevent import monkey; monkey.patch_all()\n" + script],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            now = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ours/{now}id_/{URL}", timeout=60) as page:
                assert page.read() == (SAMPLE / "page.html").read_bytes()
        finally:
            process.kill()
            process.communicate()
