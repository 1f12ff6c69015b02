# Asks for real parts below one, not moduli.
def chunk_gains(A, B, K, P, k):
    M = A + B @ K
    out, power = [], np.eye(len(A))
    for _ in range(k):
        out.append(K @ power @ P)
        power = M @ power
    return np.stack(out)


def chunk_loop(A, B, gains):
    phi = np.eye(len(A))
    for G in gains:
        phi = A @ phi + B @ G
    return phi


def shortest_chunk(A, B, K, P):
    for k in range(1, 50):
        phi = chunk_loop(A, B, chunk_gains(A, B, K, P, k))
        if np.linalg.eigvals(phi).real.max() < 1:
            return k
    return None
