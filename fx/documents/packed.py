"""Containers, known by their first bytes: gz, bz2, xz, zst, zip with each member a document of its own, and tables.

They are unpacked as they are read, in memory, never to disk, and within `Limits`: a bomb ends in an `InputError`, and
what stands beside it is read. A container may hold another, three deep.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from fx.documents.archives import pages_of, records_of, starts_with_a_page
from fx.documents.document import MEGABYTE, WHOLE, Document, Limits, Readable, whole
from fx.documents.sheets import PARQUET, is_workbook, parquet_in, sheets_in
from fx.errors import InputError

if TYPE_CHECKING:  # what unpacks is imported where something is packed: most text is not
    import lzma
    import zipfile

__all__ = ["Guarded", "held", "opened"]

PEEK = MEGABYTE
DEEPEST = 3


@dataclass(slots=True)
class Meter:
    """Bytes that went into the unpacking of one input, and bytes that came out."""

    limits: Limits
    packed: int = 0
    unpacked: int = 0

    def check(self, name: str) -> None:
        """Raise `InputError` where more has come out than any text packs into."""
        if self.unpacked > self.limits.free and self.unpacked > self.packed * self.limits.ratio:
            raise InputError(
                f"{name} unpacks to more than {self.limits.ratio} times its size, as a bomb does: unpack it by hand if "
                "it is none",
                document=name,
            )


class Guarded(io.RawIOBase):
    """A stream whose bytes are counted, whose end may come too late, and whose damage is told as `InputError`."""

    def __init__(self, stream: Readable, name: str, *, most: int | None = None, meter: Meter | None = None) -> None:
        super().__init__()
        self.stream = stream
        self.name = name
        self.most = most
        self.meter = meter
        self.count = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer, as far as the stream goes."""
        filled = 0
        while filled < len(buffer):
            data = self.take(min(len(buffer) - filled, MEGABYTE))
            if not data:
                break
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        return filled

    def take(self, size: int) -> bytes:
        """At most so many bytes; raises `InputError`."""
        try:
            data = self.stream.read(size)
        except InputError:
            raise
        except MemoryError:
            raise InputError(
                f"{self.name} needs too much memory to unpack: unpack it by hand", document=self.name
            ) from None
        except Exception as error:  # noqa: BLE001 (each library that unpacks has its own tree of errors)
            raise InputError(
                f"{self.name} is damaged or cut off ({str(error)[:100].lower() or type(error).__name__}): get it anew",
                document=self.name,
            ) from None
        self.count += len(data)
        if self.most is not None and self.count > self.most:
            raise InputError(
                f"{self.name} is larger than {self.most:,} bytes: raise --max-bytes if it is to be read",
                document=self.name,
            )
        if self.meter is not None:
            self.meter.unpacked += len(data)
            self.meter.check(self.name)
        return data


class Fed:
    """The packed bytes, counted on their way into the unpacking."""

    def __init__(self, stream: Readable, meter: Meter) -> None:
        self.stream = stream
        self.meter = meter

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes."""
        data = self.stream.read(size)
        self.meter.packed += len(data)
        return data


def opened(
    origin: Document, stream: Readable, limits: Limits, meter: Meter | None = None, depth: int = 0
) -> Iterator[Document | InputError]:
    """Yield the documents in a stream; ``origin`` tells what is known of them, ``meter`` that they come unpacked."""
    try:
        start = place_in(stream)
        source: io.BufferedReader = io.BufferedReader(cast("Any", Guarded(stream, origin.name)), PEEK)
        head = source.peek(PEEK)
        unpack = next((way for magic, way in UNPACKING.items() if head.startswith(magic)), None)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or unpack:
            if depth >= DEEPEST:
                yield InputError(
                    f"{origin.name} is packed more than {DEEPEST} deep: unpack it by hand", document=origin.name
                )
            elif unpack:
                outer = meter or Meter(limits)
                packed = Fed(source, outer) if meter is None else source
                inner = Guarded(unpack(cast("BinaryIO", packed)), origin.name, meter=outer)
                yield from opened(origin, inner, limits, outer, depth + 1)
            else:
                yield from members(origin, *in_file(origin, stream, source, meter, "a zip file"), limits, meter, depth)
        elif head.startswith(PARQUET):
            file, size = in_file(origin, stream, source, meter, "a Parquet file")
            meter = meter or Meter(limits, packed=size)
            yield from parquet_in(origin, file, lambda part, name: held(part, name, limits, meter), whole)
        elif head.startswith(b"WARC/"):
            yield from records_of(origin, source, lambda part, name: held(part, name, limits))
        elif starts_with_a_page(head):
            yield from pages_of(origin, source)
        else:
            yield whole(origin, text_of(origin, stream, source, start, limits, plainly=meter is None))
    except InputError as error:
        yield error


def place_in(stream: Readable) -> int | None:
    """Where a stream stands that can go back there; None for others."""
    return stream.tell() if isinstance(stream, io.BufferedReader) and stream.seekable() else None


def text_of(
    origin: Document, stream: Readable, source: Readable, start: int | None, limits: Limits, *, plainly: bool
) -> Readable:
    """What gives the text: what came unpacked held to its limit; a file without a second buffer."""
    if not plainly:
        return held(source, origin.name, limits)
    if start is None:
        return source
    cast("BinaryIO", stream).seek(start)
    return Direct(Guarded(stream, origin.name))


class Direct:
    """A guarded stream, read without a buffer."""

    def __init__(self, guarded: Guarded) -> None:
        self.read = guarded.take


def held(stream: Readable, name: str, limits: Limits, meter: Meter | None = None) -> Readable:
    """A stream of a document that came out of something, held to its limit."""
    return io.BufferedReader(Guarded(stream, name, most=limits.max_bytes, meter=meter), MEGABYTE)


def in_file(
    origin: Document, stream: Readable, source: io.BufferedReader, meter: Meter | None, what: str
) -> tuple[BinaryIO, int]:
    """What must be read from its end, as a file, with its size; what comes in a stream is held in memory."""
    if meter is None and isinstance(stream, io.BufferedReader) and stream.seekable():
        file = cast("BinaryIO", stream)
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        return file, size
    data = source.read(WHOLE + 1)
    if len(data) > WHOLE:
        raise InputError(
            f"{origin.name} is {what} of more than {WHOLE:,} bytes that comes in a stream: name it as a file",
            document=origin.name,
        )
    return io.BytesIO(data), len(data)


def members(
    origin: Document, file: BinaryIO, size: int, limits: Limits, meter: Meter | None, depth: int
) -> Iterator[Document | InputError]:
    """The documents in a zip file, each named ``archive.zip!member``, dot-files passed by; or a workbook's sheets."""
    import zipfile  # noqa: PLC0415

    if meter is None:
        meter = Meter(limits, packed=size)
    if is_workbook(file):
        yield from sheets_in(origin, file, lambda part, name: held(part, name, limits, meter), whole)
        return
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise InputError(
            f"{origin.name} is a damaged zip file ({str(error)[:100].lower()}): get it anew", document=origin.name
        ) from None
    for info in infos:
        if info.is_dir() or any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(info.filename).parts):
            continue
        name = f"{origin.name}!{info.filename}"
        if info.flag_bits & 1:
            yield InputError(f"{name} is encrypted: unpack it by hand", document=name)
            continue
        try:
            member = archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as error:
            yield InputError(f"{name} cannot be unpacked ({str(error)[:100].lower()}): get it anew", document=name)
            continue
        with member:
            inside = replace(origin, name=name, modified=written(info) or origin.modified)
            yield from opened(inside, Guarded(member, name, meter=meter), limits, meter, depth + 1)


def written(info: zipfile.ZipInfo) -> datetime | None:
    """When a member was last changed, as far as zip files tell (no zone: taken for UTC); None for their year zero."""
    try:
        return datetime(*info.date_time, tzinfo=UTC) if info.date_time[0] > 1980 else None
    except ValueError:
        return None


class Unxz:
    """xz, one stream after the other, with the memory that a hostile header may ask for limited."""

    MOST_MEMORY = 128 * MEGABYTE

    def __init__(self, stream: Readable) -> None:
        self.stream = stream
        self.unpacker = self.fresh()
        self.packed = b""

    def fresh(self) -> lzma.LZMADecompressor:
        """What unpacks one stream."""
        import lzma  # noqa: PLC0415

        return lzma.LZMADecompressor(memlimit=self.MOST_MEMORY)

    def read(self, size: int) -> bytes:
        """At most so many bytes; raises LZMAError or EOFError."""
        while True:
            if self.unpacker.eof:
                self.packed = self.unpacker.unused_data.lstrip(b"\0") or self.stream.read(65536).lstrip(b"\0")
                if not self.packed:
                    return b""
                self.unpacker = self.fresh()
            elif self.unpacker.needs_input and not self.packed:
                self.packed = self.stream.read(65536)
                if not self.packed:
                    raise EOFError("it ends too early")
            data = self.unpacker.decompress(self.packed, size)
            self.packed = b""
            if data:
                return data


class Unzstd:
    """Zstandard where the standard library has none: one frame after the other, and a frame cut off is told."""

    FEED = 1024
    """Packed bytes at a time: even of a bomb they make no more than some 30 MB."""

    def __init__(self, stream: Readable) -> None:
        import zstandard  # noqa: PLC0415 (only for what is packed so)

        self.stream = stream
        self.library = zstandard.ZstdDecompressor()
        self.unpacker = self.library.decompressobj()
        self.begun = False
        self.data = memoryview(b"")

    def read(self, size: int) -> bytes:
        """At most so many bytes; raises ZstdError or EOFError."""
        while not self.data:
            packed = self.unpacker.unused_data if self.unpacker.eof else b""
            packed = packed or self.stream.read(self.FEED)
            if self.unpacker.eof:
                self.unpacker, self.begun = self.library.decompressobj(), False
            if not packed:
                if self.begun:
                    raise EOFError("it ends too early")
                return b""
            self.begun = True
            self.data = memoryview(self.unpacker.decompress(packed))
        data, self.data = bytes(self.data[:size]), self.data[size:]
        return data


def unzstd(stream: BinaryIO) -> Readable:
    """Zstandard, by the standard library where it has it (Python 3.14)."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    except ImportError:
        return Unzstd(stream)
    return cast("Readable", zstd.ZstdFile(stream))


def ungzip(stream: BinaryIO) -> Readable:
    """Gzip, one member after the other."""
    import gzip  # noqa: PLC0415

    return cast("Readable", gzip.GzipFile(fileobj=stream, mode="rb"))


def unbzip2(stream: BinaryIO) -> Readable:
    """Bzip2, one stream after the other."""
    import bz2  # noqa: PLC0415

    return cast("Readable", bz2.BZ2File(stream))


UNPACKING: dict[bytes, Callable[[BinaryIO], Readable]] = {
    b"\x1f\x8b": ungzip,
    b"BZh": unbzip2,
    b"\xfd7zXZ\x00": Unxz,
    b"\x28\xb5\x2f\xfd": unzstd,
}
