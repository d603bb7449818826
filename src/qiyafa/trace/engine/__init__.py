"""The fast twin of `trace.reference`: numba kernels over dense columns, exact in 128 bits.

What each module is for: `compiled` how loops are compiled; `wide` 128-bit arithmetic; `opening` unseen balances;
`shares` one theft by pro rata or sorted lots; `queues` any number of thefts by queues of lots; `reach` hops and poison;
`lanes` floating-point shares for exposure and search; `intervals` the FIFO index; `walk` runs them for a plan. On
chains of outputs: `outputs_rows` makes rows of inputs and outputs, `outputs_prorata` floating-point shares,
`outputs_fifo` the FIFO index.
"""
