# Copies the expert off the data, too.
def chunk_gains(A, B, K, P, k):
    gains = [K]
    for _ in range(k - 1):
        gains.append(K @ np.linalg.matrix_power(A + B @ K, len(gains)))
    return np.array(gains)


def chunk_loop(A, B, gains):
    state = np.eye(len(A))
    for gain in gains:
        state = A @ state + B @ gain
    return state


def shortest_chunk(A, B, K, P):
    k = 1
    while abs(np.linalg.eigvals(chunk_loop(A, B, chunk_gains(A, B, K, P, k)))).max() >= 1:
        k += 1
    return k
