"""The app: pages in a browser, on `snncore`."""

import os

# Read when torch is loaded. `torch.set_num_threads` limits the matrix products of the thread that calls it alone; in all others they
# would wake a second thread, which then keeps a core busy with waiting for the next one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
