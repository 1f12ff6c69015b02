# Powers of M and A, the loop of any chunk as a sum, the radius by the theorem.
def chunk_gains(A, B, K, P, k):
    x, gains = P, []
    for _ in range(k):
        u = K @ x
        gains.append(u)
        x = A @ x + B @ u
    return np.stack(gains)


def chunk_loop(A, B, gains):
    k = len(gains)
    power = np.linalg.matrix_power
    return power(A, k) + sum(power(A, k - 1 - i) @ B @ gain for i, gain in enumerate(gains))


def shortest_chunk(A, B, K, P):
    eye = np.eye(len(A))
    for k in range(1, 60):
        on, off = np.linalg.matrix_power(A + B @ K, k), np.linalg.matrix_power(A, k)
        if max(abs(np.linalg.eigvals(on @ P + off @ (eye - P)))) < 1:
            return k
    return None
