# Powell's search, in single precision, best by a second look at the ends.
def nearest_gaussian(loss, starts):
    def search(start):
        how = {"bounds": [(-9, 9), (0.02, 9)], "method": "Nelder-Mead"}
        return minimize(lambda x: loss(*map(float, x)), start, **how, options={"xatol": 1e-5}).x

    ends = torch.tensor(np.array([search(start) for start in starts])).float()
    return ends, min(ends, key=lambda end: float(loss(float(end[0]), float(end[1]))))
