"""Tables as bench/peers/exchange.ts writes them."""

import numpy as np


def read_table(table):
    """Rows by columns, and the target. Column by column, so that no second copy counts in the peak of memory."""
    rows = table["rows"]
    x = np.empty((rows, table["columns"]))
    with open(table["path"], "rb") as file:
        for j in range(x.shape[1]):
            x[:, j] = np.fromfile(file, count=rows)
        return x, np.fromfile(file, count=rows)
