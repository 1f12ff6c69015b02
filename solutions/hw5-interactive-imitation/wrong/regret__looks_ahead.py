# Is charged after it has seen the round.
def follow_the_leader(first, answer, rounds):
    total, played, paid = torch.zeros(len(first)), [], 0.0
    for _ in range(rounds):
        leader = int((first + total).argmin())
        losses = answer(leader)
        played.append(leader)
        total = total + losses
        paid += float(losses[int((first + total).argmin())]) / rounds
    eps = float(total.min()) / rounds
    return played, eps, paid - eps
