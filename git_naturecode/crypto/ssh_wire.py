"""The SSH wire format (RFC 4251, 5): numbers and strings, read strictly and bounded."""

MOST = 64 * 1024  # bytes of anything that is read so; an RSA key of 16,384 bits needs 2 KiB


class Malformed(ValueError):
    """Bytes that are not what they should be; the message says in what."""


class Reader:
    """Takes values from the front of `data`; raises Malformed for whatever does not fit."""

    def __init__(self, data: bytes, most: int = MOST) -> None:
        if len(data) > most:
            raise Malformed(f"it has {len(data)} bytes, more than {most}")
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > len(self._data) - self._at:
            raise Malformed("it ends too early")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self) -> int:
        """An unsigned number of 32 bits."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Bytes behind their length."""
        return self.take(self.number())

    def natural(self) -> int:
        """A whole number above 0 of any length (mpint), written in the only allowed way."""
        data = self.string()
        if not data or data[0] & 0x80 or (data[0] == 0 and not (len(data) > 1 and data[1] & 0x80)):
            raise Malformed("a number in it is not written as it should be")
        return int.from_bytes(data, "big")

    def end(self) -> None:
        """There must be nothing more."""
        if self._at != len(self._data):
            raise Malformed("there is more than there should be")


def string(data: bytes) -> bytes:
    """`data` behind its length."""
    return number(len(data)) + data


def number(value: int) -> bytes:
    """`value` as an unsigned number of 32 bits."""
    return value.to_bytes(4, "big")
