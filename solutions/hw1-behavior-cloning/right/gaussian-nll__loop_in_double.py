# A loop over dimensions, in double precision, with the variance.
def gaussian_nll(mean, log_std, act):
    log_std = log_std.expand(mean.shape).double()
    total = torch.zeros(len(mean), dtype=torch.float64)
    for j in range(mean.shape[1]):
        variance = torch.exp(2 * log_std[:, j])
        square = (act[:, j].double() - mean[:, j].double()) ** 2 / variance
        total = total + 0.5 * (square + torch.log(2 * math.pi * variance))
    return total
