# Steps in four directions, halved when none leads down.
def nearest_gaussian(loss, starts):
    ends = []
    for mean, std in starts:
        place, step = np.array([mean, np.log(std)]), 0.05
        depth = loss(place[0], np.exp(place[1]))
        while step > 1e-5:
            for way in ([step, 0], [-step, 0], [0, step], [0, -step]):
                trial = place + way
                lower = loss(float(trial[0]), float(np.exp(trial[1])))
                if lower < depth:
                    place, depth = trial, lower
                    break
            else:
                step /= 2
        ends.append((depth, float(place[0]), float(np.exp(place[1]))))
    return torch.tensor([end[1:] for end in ends]), torch.tensor(min(ends)[1:])
