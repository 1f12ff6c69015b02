# Searches from the first start alone.
def nearest_gaussian(loss, starts):
    ends, depths = [], []
    for mean, std in [starts[0]] * len(starts):
        found = minimize(
            lambda x: float(loss(float(x[0]), math.exp(x[1]))),
            [mean, math.log(std)],
            method="Nelder-Mead",
            options={"xatol": 1e-6, "fatol": 1e-10},
        )
        ends.append([found.x[0], math.exp(found.x[1])])
        depths.append(found.fun)
    return np.array(ends), np.array(ends[int(np.argmin(depths))])
