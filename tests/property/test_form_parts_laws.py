"""Laws of reading a form with files: what a browser sends comes out as it went in, and no body breaks the reader."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.desk.form_parts import FormUnreadable, read_form_parts

KIND = 'multipart/form-data; boundary="b0und"'


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(max_size=50).map(lambda text: text.replace("--b0und", "")),
    data=st.binary(max_size=300).map(lambda data: data.replace(b"--b0und", b"")),
    name=st.text(st.characters(exclude_characters='"\r\n', exclude_categories=["Cs"]), max_size=30),
)
def test_fields_and_files_come_out_as_they_were_sent(text: str, data: bytes, name: str) -> None:
    head = b"\r\nContent-Disposition: form-data; name="
    body = b'--b0und%b"why"\r\n\r\n%b\r\n' % (head, text.encode("utf-8", "replace"))
    body += b'--b0und%b"article"; filename="%b"\r\nContent-Type: text/plain\r\n\r\n%b\r\n' % (head, name.encode(), data)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "body"
        file.write_bytes(body + b"--b0und--\r\n")
        parts = read_form_parts(file, KIND)
        assert parts.fields == {"why": text.encode("utf-8", "replace").decode("utf-8", "replace")}
        (found,) = parts.files
        assert (found.name, parts.bytes_of(found)) == (name, data)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"--b0und", b"--b0und--", b"\r\n", b"\r\n\r\n", b'Content-Disposition: form-data; name="a"', b"x"]
        )
    )
)
def test_any_other_body_is_refused_or_read(pieces: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "body"
        file.write_bytes(b"".join(pieces))
        try:
            parts = read_form_parts(file, KIND)
        except FormUnreadable:
            return
        assert all(part.start <= part.end for part in parts.files)
