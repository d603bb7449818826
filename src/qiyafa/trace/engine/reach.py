"""How few transfers lead from a theft to each place, at every moment: the hop limit and `poison` rest on it.

A transfer reaches its target one hop after its source, if the source was reached before; on a chain of outputs a
transaction is one hop, which its inputs make and its outputs share. It does not depend on a
method: who moves which lots changes nothing. Fewest, not most, hops: only then is what stays untraced monotone in
the limit.
"""

import numpy as np
from numba import njit

from qiyafa.trace.engine.wide import prefetch

UNREACHED = np.uint32(0xFFFFFFFF)
_AHEAD = 24


@njit(cache=True, nogil=True)
def walk_reach(source, target, begin, end, hops, walls, theft, limit, beyond, pools):  # type: ignore[no-untyped-def]
    """Walk rows [begin, end): update `hops` (uint32 by place), and set `beyond` (uint8 by row, or empty) over the
    limit.

    `theft`: ascending stolen rows, with the index of the next one in theft[0]. Places that a limit cuts off are not
    reached. `pools`: the first place that is a transaction; 0 if none is.
    """
    base = hops.ctypes.data
    rows_end = len(source)
    next_theft = theft[theft[0]] if theft[0] < len(theft) else np.int64(-1)
    for row in range(begin, end):
        if row + _AHEAD < rows_end:
            prefetch(base + np.int64(source[row + _AHEAD]) * 4)
            prefetch(base + np.int64(target[row + _AHEAD]) * 4)
        payer, payee = source[row], target[row]
        if hops[payer] != UNREACHED and payee != 0 and walls[payer] == 0:
            further = hops[payer] if pools != 0 and payer >= pools else hops[payer] + np.uint32(1)
            if further > limit:
                if len(beyond) > 0 and row != next_theft:
                    beyond[row] = 1
            elif further < hops[payee]:
                hops[payee] = further
        if row == next_theft:
            hops[payee] = np.uint32(0)
            theft[0] += 1
            next_theft = theft[theft[0]] if theft[0] < len(theft) else np.int64(-1)
