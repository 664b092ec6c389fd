"""Documents and archives: text of a PDF, text files as they are, and of archives the table of contents only.

Nothing is converted, unpacked or run. Office files are named, not opened.
"""

from __future__ import annotations

import io
import zipfile

import charset_normalizer
import pypdfium2
from PIL import Image

from bot.core.details.lettering import TEXT_BYTES, cut, read_codes, read_text
from bot.core.details.picture import DECODED_EDGE
from bot.core.model import Look

PDF_PAGES = 5
SCANNED_PAGES = 2  # pages read by OCR when a PDF has no text
LISTED = 10_000
MEGABYTE = 1_000_000
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".gif")
FILMS = (".mp4", ".mov", ".webm", ".3gp")


def look_at_pdf(data: bytes, *, read_print: bool = True) -> Look:
    """Text of the first pages of a PDF; that of scanned pages where OCR is installed."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        note = "the document is locked with a password" if locked else "the document is broken"
        return Look(kind="document", faults=("not_opened",), note=note)
    try:
        pages = len(pdf)
        text = cut("\n".join(_page_text(pdf, number) for number in range(min(pages, PDF_PAGES))))
        codes: tuple[str, ...] = ()
        note = f"the first {PDF_PAGES} of {pages} pages" if pages > PDF_PAGES else ""
        if not text.strip() and pages:
            read = [_read_page(pdf, number, read_print) for number in range(min(pages, SCANNED_PAGES))]
            text = cut("\n".join(part for part, _, _ in read))
            codes = tuple(dict.fromkeys(code for _, found, _ in read for code in found))
            note = next((why for _, _, why in read if why), note)
        return Look(kind="document", text=text.strip(), codes=codes, note=note)
    except pypdfium2.PdfiumError:
        return Look(kind="document", faults=("not_opened",), note="the document is broken")
    finally:
        pdf.close()


def _page_text(pdf: pypdfium2.PdfDocument, number: int) -> str:
    page = pdf[number]
    try:
        text_page = page.get_textpage()
        try:
            return str(text_page.get_text_range(0, min(text_page.count_chars(), TEXT_BYTES)))
        finally:
            text_page.close()
    finally:
        page.close()


def _read_page(pdf: pypdfium2.PdfDocument, number: int, read_print: bool) -> tuple[str, tuple[str, ...], str]:
    """Text, codes and note of a page that is a picture."""
    page = pdf[number]
    try:
        # The page says how large it is, and it may lie: the scale is ours.
        scale = DECODED_EDGE / max(*page.get_size(), 1.0)
        picture: Image.Image = page.render(scale=min(scale, 4.0)).to_pil().convert("RGB")
    finally:
        page.close()
    text, note = read_text(picture) if read_print else ("", "not read: there is too much to read in this mail")
    return text, read_codes(picture.convert("L")), note


def look_at_text(data: bytes) -> Look:
    """A text file as it is."""
    sample = data[: 4 * TEXT_BYTES]
    try:
        text = sample.decode("utf-8-sig") if len(data) == len(sample) else sample.decode("utf-8-sig", "ignore")
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(sample).best()
        text = str(best) if best else sample.decode("latin-1")
    return Look(kind="document", text=cut(text).strip())


def look_at_archive(data: bytes) -> Look:
    """What a ZIP says it holds. Office documents are ZIPs too."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()[:LISTED]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return Look(kind="other", faults=("not_opened",), note="the archive is broken")
    names = [entry.filename.lower() for entry in entries]
    if "[content_types].xml" in names or "mimetype" in names:
        return Look(kind="document", note="not opened: an office document")
    held = (
        (sum(name.endswith(PICTURES) for name in names), "pictures"),
        (sum(name.endswith(FILMS) for name in names), "videos"),
    )
    size = sum(entry.file_size for entry in entries) / MEGABYTE
    parts = [f"{count} {what}" for count, what in held if count]
    inside = f" ({', '.join(parts)})" if parts else ""
    return Look(kind="other", note=f"not opened: an archive of {len(names)} files{inside}, {size:.1f} MB unpacked")
