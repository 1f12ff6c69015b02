# Loops over states and actions, lists out.
def state_chain(p, pi):
    chain = np.zeros((len(p), len(p)))
    for s in range(len(p)):
        for a in range(pi.shape[1]):
            chain[s] += pi[s, a] * p[s, a]
    return chain.tolist()


def state_cost(cost, pi):
    return [sum(w * c for w, c in zip(weights, row)) for weights, row in zip(pi, cost)]
