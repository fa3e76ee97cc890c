"""Marc Lehmann's LZF, as PCL compresses with it: the decoder alone."""


def decompress(packed: bytes, size: int) -> bytes | None:
    """The ``size`` bytes that were packed; None if the data is damaged.

    Args:
        packed: The compressed bytes.
        size: How many bytes there must come out: never more are made.
    """
    out = bytearray()
    at = 0
    end = len(packed)
    while at < end:
        control = packed[at]
        at += 1
        if control < 32:
            run = control + 1
            if at + run > end:
                return None
            out += packed[at : at + run]
            at += run
        else:
            length = control >> 5
            if length == 7:
                if at >= end:
                    return None
                length += packed[at]
                at += 1
            if at >= end:
                return None
            start = len(out) - ((control & 0x1F) << 8) - packed[at] - 1
            at += 1
            if start < 0:
                return None
            _repeat(out, start, length + 2)
        if len(out) > size:
            return None
    return bytes(out) if len(out) == size else None


def _repeat(out: bytearray, start: int, length: int) -> None:
    """Append ``length`` bytes from ``start`` on, which may overlap what is being appended."""
    distance = len(out) - start
    if distance >= length:
        out += out[start : start + length]
        return
    pattern = bytes(out[start:])
    out += (pattern * (length // distance + 1))[:length]
