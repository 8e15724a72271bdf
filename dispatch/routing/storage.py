"""The one door of routing to the disk: a graph as one .npz whose arrays are memory-mapped, not read."""

import hashlib
import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from dispatch.routing.graph import ARRAYS, FORMAT, Graph

ALIGN = 64
EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that equal graphs are equal files


class MapFormatError(ValueError):
    """The file is not a road graph of this format: build it again from the OSM extract."""


def content_version(graph: Graph) -> str:
    """Hash of everything that can change an answer; equal for two builds of the same extract."""
    digest = hashlib.sha256(f"muster-roads-{FORMAT}".encode())
    for name in ARRAYS:
        array = np.ascontiguousarray(getattr(graph, name))
        digest.update(f"{name}{array.dtype}{array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()[:16]


def versioned(graph: Graph) -> Graph:
    """The same graph, carrying its content hash as ``map_version``."""
    return replace(graph, map_version=content_version(graph))


def save_graph(graph: Graph, path: Path) -> None:
    """Write the graph; ``numpy.load`` reads the file too. Arrays are stored aligned and uncompressed for mapping."""
    meta = {
        "format": FORMAT,
        "map_version": graph.map_version,
        "attribution": graph.attribution,
        "detour_factor": graph.detour_factor,
        "box": graph.box,
    }
    note = np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), dtype=np.uint8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in (("meta", note), *((name, getattr(graph, name)) for name in ARRAYS)):
            _write(archive, f"{name}.npy", array)


def load_graph(path: Path) -> Graph:
    """Map a saved graph into memory, read-only. Raises MapFormatError, or OSError where the file cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = {info.filename.removesuffix(".npy"): _mapped(path, info) for info in archive.infolist()}
        meta: dict[str, Any] = json.loads(arrays.pop("meta").tobytes())
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise MapFormatError(f"{path.name} is not a road graph: {error}") from error
    if meta.pop("format") != FORMAT or set(arrays) != set(ARRAYS):
        raise MapFormatError(f"{path.name} was built by another version: build it again from the OSM extract")
    meta["box"] = tuple(meta["box"])
    return Graph(**arrays, **meta)


def _write(archive: zipfile.ZipFile, name: str, array: Any) -> None:
    buffer = BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    entry = zipfile.ZipInfo(name, EPOCH)
    start = archive.start_dir + 30 + len(name)
    # A zip extra field (id, length, zeros) moves the array to an aligned place: scipy copies unaligned arrays.
    pad = (-(start + 4)) % ALIGN
    entry.extra = b"\x4d\x55" + pad.to_bytes(2, "little") + bytes(pad)
    archive.writestr(entry, buffer.getvalue())


def _mapped(path: Path, info: zipfile.ZipInfo) -> Any:
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)
        lengths = file.read(4)
        file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
        if info.compress_type != zipfile.ZIP_STORED or np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{info.filename} is not a plainly stored array")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        offset = file.tell()
    if fortran or 0 in shape:
        return np.zeros(shape, dtype)
    return np.asarray(np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape))
