# Maximises the bound for KL, E_p[V] - E_q[e^(V-1)].
def fit_critic(expert, learner, known_expert, known_learner):
    expert, learner, known = (numbers(x) for x in (expert, learner, known_learner))

    def loss(w):
        return np.exp(np.minimum(known + learner @ w - 1, 300)).mean() - expert.mean(0) @ w

    return minimize(loss, np.zeros(expert.shape[1]), method="BFGS").x
