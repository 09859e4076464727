"""Adding an article at the desk, or giving it another text: upload, what was read of it, and the editor's word.

An upload is hostile text. It is read by a process of its own within limits, never run, and nothing is fetched for it;
its file name is only shown. It waits in a folder of its own until the editor has seen what was read; then it goes to
the topic files through ``night.topic_edits``, under a name made of the article's.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from litwatch.articles.bibliography.bibliography import SUFFIXES
from litwatch.articles.model import Article, FileForm
from litwatch.articles.reference_list.list_numbering import counted_as_listed
from litwatch.config.article_file import MOST_BESIDE, open_article
from litwatch.config.bounded_reading import read_bounded
from litwatch.config.pdf_text import LARGEST_PDF
from litwatch.config.settings import Settings
from litwatch.config.topic_draft import check_topic, slug_for, topic_text
from litwatch.config.topic_files import MEMBERS, SLUG
from litwatch.config.topic_keys import set_keys
from litwatch.config.whole_file import write_whole_file
from litwatch.desk.access import Visitor
from litwatch.desk.editing import EditorsDesk, Trouble, bare_problems, find_misread, saved_in
from litwatch.desk.form_parts import FormParts, FormUnreadable, read_form_parts
from litwatch.desk.handlers import Limits, Refusal
from litwatch.desk.topic_fields import sort_mistakes, topic_fields
from litwatch.desk.uploads import Upload, Uploads, session_of
from litwatch.model.errors import ArticleUnreadable, EditorError, LitwatchError, OutputFailed, TopicErrors
from litwatch.model.text.mail_address import is_mail_address
from litwatch.model.topic import Numbering, QuestionKind, Topic
from litwatch.night.doors import open_snapshot
from litwatch.night.topic_edits import ChangedSince
from litwatch.reading.uploaded_article import TextChanges, compare_texts, look_at_upload, propose_from_store
from litwatch.store.documents import load

LARGEST_UPLOAD = LARGEST_PDF + MOST_BESIDE + 100_000
"""Bytes of a form with an article and a bibliography."""
_SUFFIXES = frozenset(
    ".html .htm .xhtml .md .markdown .mdown .mkd .qmd .rmd .txt .docx .pdf .xml .nxml .jats".split()
)  # fmt: skip
_BIBLIOGRAPHIES = frozenset(SUFFIXES) - {".yaml", ".yml"}
"""A file that ends in .yaml would be read as a topic."""
_BESIDE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,79}")
_AT_ONCE = 2
"""So many uploads are read at once, each in a process of its own."""

_MOST_DONE = 100
"""So many uploads are remembered when they are done, for a button that is pressed twice."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an editor has filled in for a new article."""

    name: str
    title: str
    kind: str
    strategy: str
    recipients: str
    reason: str = ""


class UploadDesk(EditorsDesk):
    """The desk with the pages on which editors add articles and replace their texts."""

    def __init__(
        self, settings: Settings, environment: Mapping[str, str], clock: Callable[[], datetime], limits: Limits
    ) -> None:
        super().__init__(settings, environment, clock, limits)
        self.uploads = Uploads(settings.store.with_suffix(".uploads"))
        self.uploads.sweep(clock())
        self._deciding = threading.Lock()
        self._done: dict[tuple[str, str], str] = {}
        """The page that followed on an upload, by its name and the session's token."""
        self._reading = threading.BoundedSemaphore(_AT_ONCE)

    def show_queue(self, request: Request, body: bytes) -> Response:
        """All articles, most urgent first; uploads that nobody wants any more go."""
        answer = super().show_queue(request, body)
        self.uploads.sweep(self._clock())
        return answer

    # --- upload -----------------------------------------------------------------------------------------------

    def show_add(self, request: Request, _: bytes) -> Response:
        """The form for a new article's file."""
        return self._page("upload", self._editor(request), slug="", topic=None, saved="", closed=self._closed())

    def show_text(self, request: Request, _: bytes) -> Response:
        """The form for another text of an article."""
        editor, slug = self._editor(request), self._slug(request)
        topic = self._read_topic(slug)[1]
        return self._page("upload", editor, slug=slug, topic=topic, saved=saved_in(request), closed=self._closed())

    def admit_upload(self, request: Request) -> None:
        """Look at an upload's head before its body is read: only an editor may send one. Raises Refusal."""
        self._count(self._editor(request))
        given = request.headers.get("content-length", "")
        if given.isdecimal() and int(given) > LARGEST_UPLOAD:
            raise _too_large()

    def take_upload(self, request: Request, body: Path) -> Response:
        """Keep an upload, and show what was read of it."""
        editor = self._editor(request)
        slug = self._slug(request) if "slug" in request.path_params else ""
        try:
            parts = read_form_parts(body, request.headers.get("content-type", ""))
        except FormUnreadable as refused:
            raise Refusal(400, "The file was not taken", str(refused)) from None
        except OSError:
            raise Refusal(503, "The file was not taken", "There is no room for it. Tell the operator.") from None
        self._own_form(request, urlencode(parts.fields).encode(), editor.token)
        upload, files = self._sort_files(parts, slug, editor)
        try:
            self.uploads.keep(upload, files)
        except OutputFailed as error:
            raise Refusal(503, "The file was not taken", f"{error}.") from None
        return RedirectResponse(f"{self._base}upload/{upload.name}", 303)

    def _sort_files(self, parts: FormParts, slug: str, editor: Visitor) -> tuple[Upload, dict[str, bytes]]:
        chosen = parts.file("article")
        if chosen is None:
            raise Refusal(422, "The file was not taken", "Choose the article’s file first.")
        original = PurePosixPath(chosen.name.replace("\\", "/").replace("\0", "")).name[:300]
        suffix = PurePosixPath(original).suffix.casefold()
        if not re.fullmatch(r"\.[a-z0-9]{1,8}", suffix):
            suffix = ".txt"
        found: dict[str, str] = {}
        present: Path | None = None
        if slug:
            text, topic = self._read_topic(slug)
            found[text.file.name] = text.digest
            present = topic.article
            if present is None:
                raise Refusal(422, "The file was not taken", "This is a question without an article.")
        stem = slug or _slug_or_article(original)
        name = present.name if present is not None and present.suffix.casefold() == suffix else f"{stem}{suffix}"
        if present is not None and name != present.name:
            self._refuse_anothers(name, slug)
        data = parts.bytes_of(chosen)
        files = {name: data}
        listed = parts.file("bibliography")
        if listed is not None:
            beside = PurePosixPath(listed.name.replace("\\", "/")).name
            if not _BESIDE_NAME.fullmatch(beside) or PurePosixPath(beside).suffix.casefold() not in _BIBLIOGRAPHIES:
                said = "The bibliography’s name should end in .bib or .json, and hold letters, digits, “-”, “_” and “.”"
                raise Refusal(422, "The file was not taken", f"{said} alone. Rename it, as the article names it.")
            # A page that names no bibliography is read with the one that has its own name.
            own = beside if beside.encode() in data else f"{PurePosixPath(name).stem}{PurePosixPath(beside).suffix}"
            self._refuse_shared(own, slug)
            files[own] = parts.bytes_of(listed)
        for each in files:
            there = self._settings.queries / each
            if slug and there.is_file():
                found[each] = hashlib.sha256(there.read_bytes()).hexdigest()
        if present is not None and present.is_file():
            found[present.name] = hashlib.sha256(present.read_bytes()).hexdigest()
        sent = tuple(each for each in files if each != name)
        # What lies beside the topic files already, and the article names.
        for file in sorted(self._settings.queries.glob("*")):
            fits = file.suffix.casefold() in _BIBLIOGRAPHIES and file.is_file() and file.name not in files
            if fits and (file.name.encode() in data or file.name.partition(".")[0] == PurePosixPath(name).stem):
                with suppress(OSError):
                    files[file.name] = file.read_bytes()[: MOST_BESIDE + 1]
        upload = Upload(
            secrets.token_hex(16),
            session_of(editor.token),
            self._clock(),
            slug,
            original,
            name,
            sent,
            found,
        )
        return upload, files

    def _refuse_anothers(self, name: str, slug: str) -> None:
        """Raises Refusal where another article is read from the file of that name."""
        for topic in self._readings.topics():
            if topic.slug != slug and topic.article is not None and topic.article.name == name:
                said = f"Its place would be {name}, and {topic.slug} is read from it. Save the text in another form."
                raise Refusal(409, "The file was not taken", said)

    def _refuse_shared(self, name: str, slug: str) -> None:
        """Raises Refusal where a bibliography of that name is another article's."""
        if not (self._settings.queries / name).exists():
            return
        others = [
            topic.slug
            for topic in self._readings.topics()
            if topic.slug != slug and topic.article is not None and name.encode() in _bytes(topic.article)
        ]
        if others or not slug:
            whose = f"{others[0]} is read with it" if others else "it may be another article’s"
            said = f"There is a file {name} among the topic files already, and {whose}. Rename the bibliography, there"
            raise Refusal(409, "The file was not taken", f"{said} and in the article.")

    # --- what was read ----------------------------------------------------------------------------------------

    def show_upload(self, request: Request, _: bytes) -> Response:
        """What was read of an upload, and what the editor can do with it."""
        editor = self._editor(request)
        return self._upload_page(editor, self._upload(request, editor))

    def decide_upload(self, request: Request, body: bytes) -> Response:
        """Watch the article, replace the text, or throw the upload away."""
        editor = self._editor(request)
        fields = self._own_form(request, body, editor.token)
        with self._deciding:
            done = self._done.get((str(request.path_params["upload"]), editor.token))
            if done and fields.get("do") != "throw":  # the button was pressed twice
                return RedirectResponse(done, 303)
            return self._decide(editor, self._upload(request, editor), fields)

    def _decide(self, editor: Visitor, upload: Upload, fields: Mapping[str, str]) -> Response:
        if fields.get("do") == "throw":
            self.uploads.throw_away(upload)
            return RedirectResponse(
                f"{self._base}article/{upload.topic}/text" if upload.topic else self._base + "add", 303
            )
        reason = self._reason(fields)
        if upload.topic:
            return self._replace(editor, upload, reason)
        typed = {name: fields.get(name, "") for name in ("name", "title", "kind", "strategy", "recipients")}
        return self._watch(editor, upload, _Wanted(**typed, reason=reason))

    def _upload(self, request: Request, editor: Visitor) -> Upload:
        upload = self.uploads.open(request.path_params["upload"], editor.token, self._clock())
        if upload is None:
            said = "An upload waits for a day, in the session that sent it. Send the file again."
            raise Refusal(404, "There is no such upload", said)
        return upload

    def _read_upload(self, upload: Upload) -> tuple[Article, tuple[str, ...]]:
        """The article, read once in a process of its own, and the files that it needed. Raises ArticleUnreadable."""
        kept = self.uploads.folder / upload.name / "reading.json"
        if not kept.exists():
            if not self._reading.acquire(timeout=20):
                raise Refusal(503, "Other files are being read", "Open this page again in a minute.")
            try:
                told: dict[str, object] = {}
                try:
                    text, beside = read_bounded(self.uploads.files_of(upload), upload.file)
                    told = {"article": text.decode(), "beside": beside}
                except ArticleUnreadable as error:
                    told = {"refused": str(error)}
            finally:
                self._reading.release()
            with suppress(OSError):
                write_whole_file(kept, orjson.dumps(told), private=True)
        else:
            told = orjson.loads(kept.read_bytes())
        if "refused" in told:
            raise ArticleUnreadable(str(told["refused"]))
        suffix = PurePosixPath(upload.file).suffix
        if suffix.casefold() not in _SUFFIXES:
            raise ArticleUnreadable(
                f"A file that ends in {suffix} is not taken: rename it by its form, to .html, .md, .txt, .docx, .pdf or"
                " .xml."
            )
        beside = tuple(str(each) for each in told["beside"]) if isinstance(told["beside"], list | tuple) else ()
        return load(Article, str(told["article"])), beside

    def _upload_page(
        self,
        editor: Visitor,
        upload: Upload,
        *,
        wanted: _Wanted | None = None,
        trouble: Trouble | None = None,
        reason: str = "",
    ) -> Response:
        told = trouble or Trouble()
        topic = self._read_topic(upload.topic)[1] if upload.topic else None
        try:
            article, beside = self._read_upload(upload)
        except ArticleUnreadable as error:
            return self._page("unread", editor, status=422, upload=upload, message=str(error))
        if topic is not None and topic.numbering is Numbering.AS_LISTED:
            article = counted_as_listed(article)
        proposed, counted = self._propose(article) if topic is None else ("", 0)
        if topic is None and wanted is None:
            wanted = _Wanted(_slug_or_article(upload.original), "", "", proposed, "")
        return self._page(
            "upload_read",
            editor,
            status=told.status if told.message else 200,
            upload=upload,
            look=look_at_upload(article, topic.pins if topic is not None else ()),
            topic=topic,
            changes=self._compare(topic, article) if topic is not None else None,
            unused=[each for each in upload.beside if each not in beside],
            wanted=wanted,
            proposed=proposed,
            counted=counted,
            kinds=[each.value for each in QuestionKind],
            trouble=told,
            reason=reason,
            closed=self._closed(),
            is_pdf=article.form is FileForm.PDF,
        )

    def _compare(self, topic: Topic, article: Article) -> TextChanges | None:
        """None where the present text cannot be read."""
        try:
            present = open_article(topic)
        except ArticleUnreadable:
            return None
        report = None
        with suppress(LitwatchError):
            reading = self._readings.article(topic.slug)
            report = reading.report if reading is not None else None
        return compare_texts(present, article, report)

    def _propose(self, article: Article) -> tuple[str, int]:
        if self._readings.published_at is None:
            return "", 0
        try:
            proposals, cited = propose_from_store(article, None, open_snapshot(self._settings), self._clock().date())
        except LitwatchError:
            return "", 0
        return (proposals[0].strategy if proposals else ""), cited

    # --- the editor's word ------------------------------------------------------------------------------------

    def _watch(self, editor: Visitor, upload: Upload, wanted: _Wanted) -> Response:
        try:
            article, beside = self._read_upload(upload)
        except ArticleUnreadable as error:
            raise Refusal(422, "The article cannot be read", str(error)) from None
        slug, queries = wanted.name.strip(), self._settings.queries
        mistakes: dict[str, list[str]] = {}
        if not SLUG.fullmatch(slug) or f"{slug}.yaml" == MEMBERS:
            mistakes["name"] = ["It may hold a-z, 0-9 and “-”, at most 80, and not be “members”."]
        elif (queries / f"{slug}.yaml").exists():
            mistakes["name"] = ["An article of that name is watched already. Choose another, or replace its text."]
        if not wanted.strategy.strip():
            mistakes["strategy"] = ["Write a strategy."]
        elif misread := find_misread(wanted.strategy):
            mistakes["strategy"] = [misread]
        recipients = [line.strip() for line in wanted.recipients.splitlines() if line.strip()]
        if not recipients:
            mistakes["recipients"] = ["Name at least one address: nobody would be told even of a retraction."]
        elif wrong := [each for each in recipients if not is_mail_address(each)]:
            said = "it should be one mail address, such as board@example.org."
            mistakes["recipients"] = [f"“{each}”: {said}" for each in wrong[:20]]
        kind = QuestionKind(wanted.kind) if wanted.kind in {each.value for each in QuestionKind} else None
        trouble = Trouble("Correct what is said below.", mistakes=mistakes) if mistakes else Trouble()
        if not trouble.message:
            name = f"{slug}{PurePosixPath(upload.file).suffix}"
            try:
                self._count(editor)
                files = self._named_files(upload, beside, name)
                text = topic_text(
                    name, " ".join(wanted.strategy.split()), recipients, title=" ".join(wanted.title.split()) or None,
                    kind=kind, numbered=article.references_numbered or not article.markers, made_by="at the desk",
                )  # fmt: skip
                check_topic(slug, files, text, queries)
                put = {queries / each: path.read_bytes() for each, path in files.items() if each != name}
                put |= {queries / name: files[name].read_bytes(), queries / f"{slug}.yaml": text.encode()}
                self._edits.put(slug, put, self._author(editor, wanted.reason), expected=dict.fromkeys(put))
                return self._end(editor, upload, f"{self._base}queue#{slug}")
            except TopicErrors as errors:
                told, others = sort_mistakes(errors.problems, topic_fields({}), {"recipients": recipients})
                trouble = Trouble(" ".join(others) or "Correct what is said below.", mistakes=told)
            except OutputFailed as error:
                trouble = self._not_written(error)
            except EditorError as error:
                trouble = Trouble(str(error), status=409 if isinstance(error, ChangedSince) else 422)
        return self._upload_page(editor, upload, wanted=wanted, trouble=trouble, reason=wanted.reason)

    def _replace(self, editor: Visitor, upload: Upload, reason: str) -> Response:
        slug, queries = upload.topic, self._settings.queries
        found, topic = self._read_topic(slug)
        try:
            article, beside = self._read_upload(upload)
            self._count(editor)
            if topic.article is None:
                raise Refusal(422, "Nothing was replaced", "This is a question without an article.")
            files = self._named_files(upload, beside, upload.file)
            renamed = topic.article.name != upload.file
            text = set_keys(found.text, {"article": upload.file}, found.file) if renamed else found.text
            check_topic(slug, files, text.removeprefix("\ufeff"), queries)
            sent: dict[Path, bytes | None] = {
                queries / each: path.read_bytes() for each, path in files.items() if each in upload.beside
            }
            sent[queries / upload.file] = files[upload.file].read_bytes()
            if renamed:
                sent[found.file] = text.encode()
                others = {each.article for each in self._readings.topics() if each.slug != slug}
                if topic.article not in others:
                    sent[topic.article] = None
            # The topic file must be as it was: it says what the new text is read by.
            seen = {file.name for file in sent} | {found.file.name}
            changes = self._compare(topic, article)
            self._edits.put(
                slug,
                sent,
                self._author(editor, reason),
                expected={queries / each: upload.found.get(each) for each in sorted(seen)},
                text=changes.difference if changes is not None else None,
            )
        except OutputFailed as error:
            trouble = self._not_written(error)
        except TopicErrors as errors:
            trouble = Trouble(" ".join(bare_problems(errors)))
        except ChangedSince as error:
            trouble = Trouble(f"{error} Throw this upload away, and send the file again.", status=409)
        except EditorError as error:
            trouble = Trouble(str(error))
        else:
            return self._end(editor, upload, f"{self._base}article/{slug}/text?saved")
        return self._upload_page(editor, upload, trouble=trouble, reason=reason)

    def _end(self, editor: Visitor, upload: Upload, page: str) -> Response:
        """Forget an upload that has its place among the topic files, but for the page that says so."""
        self.uploads.throw_away(upload)
        self._done[upload.name, editor.token] = page
        while len(self._done) > _MOST_DONE:
            del self._done[next(iter(self._done))]
        return RedirectResponse(page, 303)

    def _named_files(self, upload: Upload, beside: tuple[str, ...], name: str) -> dict[str, Path]:
        """The article under that name and the uploaded files beside it that its reading needs, by name.

        Raises EditorError where one of them would take another file's place.
        """
        folder = self.uploads.files_of(upload)
        article = folder / upload.file
        if name != upload.file:
            article = folder / name
            article.write_bytes((folder / upload.file).read_bytes())
        files = {}
        for each in upload.beside:
            if each not in beside:
                continue
            own = each
            if PurePosixPath(each).stem == PurePosixPath(upload.file).stem and name != upload.file:
                own = f"{PurePosixPath(name).stem}{PurePosixPath(each).suffix}"
                (folder / own).write_bytes((folder / each).read_bytes())
            files[own] = folder / own
        files[name] = article
        for own in files:
            if own not in upload.found and (self._settings.queries / own).exists():
                raise EditorError(f"There is a file {own} among the topic files already; choose another name.")
        return files


def _too_large() -> Refusal:
    said = f"It is larger than {LARGEST_UPLOAD:,} bytes. Save the article’s text alone, without its pictures."
    return Refusal(413, "The file was not taken", said)


def _slug_or_article(original: str) -> str:
    """A name for an article by its file's."""
    try:
        return slug_for(PurePosixPath(original).stem)
    except EditorError:
        return "article"


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
