"""What NumPy arrays are called in annotations."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
