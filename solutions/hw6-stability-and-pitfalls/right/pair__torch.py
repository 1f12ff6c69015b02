# torch, with another free entry.
def worse_radius(A, gain):
    loops = torch.as_tensor(np.asarray(A) + np.asarray(gain))
    return torch.linalg.eigvals(loops).abs().amax()


def best_consistent(A, K):
    A, K = torch.as_tensor(A), torch.as_tensor(K)
    gain = torch.zeros(2, 2, dtype=K.dtype)
    gain[:, 1] = K[1, :, 1]
    gain[0, 0] = -A[:, 0, 0].mean()
    return gain
