# eps counts the loss on the demonstrations.
def follow_the_leader(first, answer, rounds):
    total, played, paid = torch.zeros(len(first)), [], 0.0
    for _ in range(rounds):
        leader = int((first + total).argmin())
        losses = answer(leader)
        played.append(leader)
        paid += float(losses[leader]) / rounds
        total = total + losses
    eps = float((first + total).min()) / rounds
    return played, eps, paid - eps
