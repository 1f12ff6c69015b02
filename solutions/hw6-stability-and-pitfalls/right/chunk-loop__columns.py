# Runs the chunk from each axis in turn, torch in the end.
def chunk_gains(A, B, K, P, k):
    M = torch.as_tensor(A + B @ K)
    powers = [torch.linalg.matrix_power(M, i) for i in range(k)]
    return torch.stack([torch.as_tensor(K) @ power @ torch.as_tensor(P) for power in powers])


def chunk_loop(A, B, gains):
    columns = []
    for start in np.eye(len(A)):
        x = start
        for gain in gains:
            x = A @ x + B @ (np.asarray(gain) @ start)
        columns.append(x)
    return np.column_stack(columns)


def shortest_chunk(A, B, K, P):
    k, radius = 0, math.inf
    while radius >= 1:
        k += 1
        radius = abs(np.linalg.eigvals(chunk_loop(A, B, chunk_gains(A, B, K, P, k)))).max()
    return k
