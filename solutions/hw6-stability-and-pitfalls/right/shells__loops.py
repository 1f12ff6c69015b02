# One episode at a time.
def in_turn(x, t, rho):
    sign = (-1) ** t
    return np.array([-sign * rho * value for value in x])


def by_shells(x, rho, ratio):
    acts = []
    for value in x:
        if value == 0:
            acts.append(0.0)
            continue
        j = math.floor(math.log(abs(value), ratio))
        acts.append(-rho * value if j % 2 == 0 else rho * value)
    return acts


def longest_time(rho, ratio):
    rest = math.log(2 * rho, ratio) % 2
    distance = min(rest, 2 - rest)
    if distance < 1e-9:
        return math.inf
    return 1 + math.ceil(1 / distance)
