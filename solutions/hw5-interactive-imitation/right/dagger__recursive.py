# A round after the other by recursion, data kept in lists.
def dagger(fit, visit, demos, beta, rounds):
    data = [demos]

    def train():
        obs, act = zip(*data)
        return fit(torch.cat(obs), torch.cat(act))

    def play(policies, i):
        if i > rounds:
            return policies
        data.append(visit(policies[-1], beta(i), i))
        return play([*policies, train()], i + 1)

    return play([train()], 1)
