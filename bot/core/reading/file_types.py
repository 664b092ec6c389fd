"""What a file really is, by its first bytes.

Rules of this file: a table and one loop. Names and declared types are claims of the sender and play no part.
Unknown is ``application/octet-stream``; plain text is recognised only when every byte is readable.
"""

from __future__ import annotations

UNKNOWN = "application/octet-stream"

# (offset, first bytes, type); the first hit wins
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "video/ogg"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x00\x00\x01\xb3", "video/mpeg"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"MZ", "application/x-msdownload"),
)
# the brand after "ftyp" in the family of MP4 -> type; any other brand is MP4
BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
}
_RIFF = frozenset({"image/webp", "video/x-msvideo", "audio/wav"})
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free")


def detect_type(data: bytes) -> str:
    """The media type of the bytes (a few hundred are enough)."""
    for offset, signature, found in SIGNATURES:
        if data[offset : offset + len(signature)] == signature:
            if found in _RIFF and data[:4] != b"RIFF":
                continue
            # two letters are weak proof: a bitmap repeats its size, a program has a longer header
            if found == "image/bmp" and data[6:10] != b"\x00\x00\x00\x00":
                continue
            return found
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return "video/3gpp" if brand.startswith(b"3g") else BRANDS.get(brand, "video/mp4")
    if data[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    return _detect_text(data[:4096])


def _detect_text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:256].lower()
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in head.lower()):
        return "image/svg+xml"
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if start and not any(byte < 9 or 13 < byte < 32 for byte in head.replace(b"\x1b", b"")):
        try:
            head.decode("utf-8")
        except UnicodeDecodeError as error:
            # a letter cut in two at the end of the sample is no sign of binary data
            if error.start < len(head) - 4:
                return UNKNOWN
        return "text/plain"
    return UNKNOWN
