"""Reading the numbers of Bitcoin's serialization one after the other, for the few bytes that no compiled loop reads."""


class CutError(ValueError):
    """The bytes end too early, or a number in them cannot be meant."""


class ByteReader:
    """A place in some bytes that moves on with each reading. Raises CutError at their end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        end = self.at + count
        if end > len(self.data):
            raise CutError
        taken, self.at = self.data[self.at : end], end
        return taken

    def number(self, width: int) -> int:
        """Return an unsigned number of some bytes, lowest first."""
        return int.from_bytes(self.take(width), "little")

    def compact_size(self) -> int:
        """Return a CompactSize; no more than the bytes that are left, since it counts what follows."""
        first = self.number(1)
        value = first if first < 0xFD else self.number(1 << (first - 0xFC))
        if value > len(self.data) - self.at:
            raise CutError
        return value

    def variable_integer(self) -> int:
        """Return a number in the form of Bitcoin Core's own files (`serialize.h`, VARINT): base 128, highest first."""
        value = 0
        while True:
            byte = self.number(1)
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
            value += 1
            if value >> 64:
                raise CutError
