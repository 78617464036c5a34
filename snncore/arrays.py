"""Type aliases of NumPy arrays for annotations."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
