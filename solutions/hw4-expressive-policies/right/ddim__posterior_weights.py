# By the weights of the clean action and of x, as in DDPM's paper.
def stride_back(x, eps, keep_now, keep_after, eta, fresh):
    var = (eta**2) * (1 - keep_after) * (1 - keep_now / keep_after) / (1 - keep_now)
    direction = np.sqrt(max(0.0, 1 - keep_after - var)) / np.sqrt(1 - keep_now)
    # x = c a + e eps, so that eps = (x - c a) / e
    clean = x / np.sqrt(keep_now) - np.sqrt(1 / keep_now - 1) * eps
    on_clean = np.sqrt(keep_after) - direction * np.sqrt(keep_now)
    return on_clean * clean + direction * x + np.sqrt(var) * fresh
