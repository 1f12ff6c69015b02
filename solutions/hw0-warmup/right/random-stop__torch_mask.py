# torch, with a mask of the walks that still run.
def horizon_for(gamma, bias):
    return float(max(1, np.ceil(np.log(bias * (1 - gamma)) / np.log(gamma))))


def stopped_costs(p, cost, rho0, pi, gamma, n, seed):
    generator = torch.Generator().manual_seed(seed)
    p, cost, rho0, pi = (torch.as_tensor(x).float() for x in (p, cost, rho0, pi))
    state = torch.multinomial(rho0, n, True, generator=generator)
    total, running = torch.zeros(n), torch.arange(n)
    while len(running):
        act = torch.multinomial(pi[state], 1, generator=generator)[:, 0]
        total[running] += cost[state, act]
        state = torch.multinomial(p[state, act], 1, generator=generator)[:, 0]
        on = torch.rand(len(running), generator=generator) < gamma
        running, state = running[on], state[on]
    return total
