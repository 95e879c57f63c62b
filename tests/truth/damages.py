# SPDX-License-Identifier: GPL-2.0-or-later
"""What storage does to a file, at random; and what is then to be said of each of its blocks."""

BLOCK, SECTOR = 4096, 512


def zeros(r, data, at, big=False):
    """Blocks that were never written; big: the tail of one large write."""
    start = at // BLOCK * BLOCK
    return start, bytes(min(BLOCK * (r.randint(16, 100) if big else r.randint(1, 8)),
                            len(data) - start))


def ones(r, data, at):
    """Blocks of erased flash."""
    start = at // BLOCK * BLOCK
    return start, b"\xff" * min(BLOCK * r.randint(1, 4), len(data) - start)


def zero_sectors(r, data, at):
    """Some sectors of a block."""
    start = at // SECTOR * SECTOR
    return start, bytes(min(SECTOR * r.randint(1, 7), len(data) - start))


def bit(r, data, at):
    """One bit."""
    return at, bytes([data[at] ^ 1 << r.randrange(8)])


def noise(r, data, at):
    """A few other bytes."""
    return at, r.randbytes(min(r.randint(1, 700), len(data) - at))


def sector(r, data, at):
    """A sector of somebody else."""
    start = at // SECTOR * SECTOR
    return start, r.randbytes(min(SECTOR, len(data) - start))


def misplaced(r, data, at):
    """Blocks of the same file that were written to the wrong place."""
    start = at // BLOCK * BLOCK
    count = r.randint(1, 6)
    blocks = len(data) // BLOCK
    source = r.randrange(max(blocks - count, 1)) * BLOCK
    length = min(count * BLOCK, len(data) - start) // BLOCK * BLOCK
    return start, data[source:source + length]


KINDS = {"zeros": zeros, "tail of a large write": lambda r, d, a: zeros(r, d, a, True), "ones": ones,
         "zero sectors": zero_sectors, "bit": bit, "bytes": noise, "sector": sector,
         "misplaced": misplaced}


def swap(r, data):
    """Two blocks that changed places, as two damages."""
    one, other = (n * BLOCK for n in r.sample(range(len(data) // BLOCK), 2))
    return [(one, data[other:other + BLOCK]), (other, data[one:one + BLOCK])]


def choose(r, data):
    """(name, [(offset, new bytes)]): one damage, or a few of different kinds."""
    if r.random() < 0.12:
        return "swap", swap(r, data)
    if r.random() < 0.15:
        several = [KINDS[r.choice(list(KINDS))](r, data, r.randrange(len(data)))
                   for _ in range(r.randint(2, 5))]
        return "several", several
    name = r.choice(list(KINDS))
    return name, [KINDS[name](r, data, r.randrange(len(data)))]


class Truth:
    """A sealed file, and what its blocks mean."""

    def __init__(self, data):
        self.data = data
        self.origins = {}
        for at in range(0, len(data), BLOCK):
            self.origins.setdefault(data[at:at + BLOCK], []).append(at)

    def damaged(self, damages):
        """The bytes after damages, and {offset of a bad block: what may be said of it}."""
        now = bytearray(self.data)
        for offset, new in damages:
            now[offset:offset + len(new)] = new
        bad = {}
        for at in range(0, len(now), BLOCK):
            new, old = bytes(now[at:at + BLOCK]), self.data[at:at + BLOCK]
            if new != old:
                bad[at] = self.kinds(new, old, at)
        return bytes(now), bad

    def kinds(self, new, old, at):
        """Each is (damage, {what must be beside it: one of these})."""
        if not any(new):
            return [("zeroed", {})]
        if all(byte == 255 for byte in new):
            return [("ones", {})]
        origins = [o for o in self.origins.get(new, []) if o != at]
        if origins:
            return [("misplaced", {"origin": origins})]
        flipped = [(i, a ^ b) for i, (a, b) in enumerate(zip(new, old)) if a != b]
        if len(flipped) == 1 and flipped[0][1].bit_count() == 1:
            byte, mask = flipped[0]
            return [("bit-flip", {"byte": [at + byte], "bit": [mask.bit_length() - 1]})]
        zeroed = [i for i in range(0, len(new), SECTOR) if not any(new[i:i + SECTOR])]
        lost = [i for i in zeroed if any(old[i:i + SECTOR])]
        if len(lost) < len(zeroed):
            # Sectors that were zero already: nobody but the seal could know which ones.
            return [("changed", {})] + ([("zero-sectors", {})] if lost else [])
        if lost:
            return [("zero-sectors", {"zero_sectors": [len(lost)]}), ("changed", {})]
        return [("changed", {})]
