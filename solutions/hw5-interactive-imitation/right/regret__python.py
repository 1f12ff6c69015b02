# Plain lists.
def follow_the_leader(first, answer, rounds):
    start = [float(x) for x in first]
    sums, played, paid = [0.0] * len(start), [], 0.0
    for _ in range(rounds):
        whole = [a + b for a, b in zip(start, sums)]
        leader = whole.index(min(whole))
        losses = [float(x) for x in answer(leader)]
        played.append(leader)
        paid += losses[leader]
        sums = [a + b for a, b in zip(sums, losses)]
    return torch.tensor(played), min(sums) / rounds, (paid - min(sums)) / rounds
