# Gives up after a few steps.
def nearest_gaussian(loss, starts):
    ends, depths = [], []
    for mean, std in starts:
        found = minimize(
            lambda x: float(loss(float(x[0]), math.exp(x[1]))),
            [mean, math.log(std)],
            method="Nelder-Mead",
            options={"maxiter": 8},
        )
        ends.append([found.x[0], math.exp(found.x[1])])
        depths.append(found.fun)
    return np.array(ends), np.array(ends[int(np.argmin(depths))])
