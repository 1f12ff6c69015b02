# NumPy in double precision, the square as an inner product.
def squared_error(pred, act):
    difference = np.asarray(pred, dtype=np.float64) - np.asarray(act, dtype=np.float64)
    return np.einsum("nd,nd->n", difference, difference)


def squared_error_grad(pred, act):
    difference = np.asarray(pred, dtype=np.float64) - np.asarray(act, dtype=np.float64)
    return difference / (0.5 * difference.shape[0])
