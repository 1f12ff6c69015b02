# Each search begins where the one before it ended.
def nearest_gaussian(loss, starts):
    ends, depths = [], []
    place = [starts[0][0], math.log(starts[0][1])]
    for _ in starts:
        found = minimize(
            lambda x: float(loss(float(x[0]), math.exp(x[1]))), place, method="Nelder-Mead"
        )
        place = found.x
        ends.append([found.x[0], math.exp(found.x[1])])
        depths.append(found.fun)
    return np.array(ends), np.array(ends[int(np.argmin(depths))])
