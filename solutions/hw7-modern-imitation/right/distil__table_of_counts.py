# How often each group met each state, as a table in single precision.
def distil(write, teacher, group, direction, rounds):
    table, met = teacher, torch.zeros(0, dtype=torch.long)
    member = torch.stack([group == g for g in range(int(group.max()) + 1)]).float()
    for _ in range(rounds + 1):
        met = torch.cat([met, torch.as_tensor(write(table))])
        count = member * torch.bincount(met, minlength=len(teacher)).float()
        mean = count @ (teacher if direction == "forward" else teacher.log())
        mean = mean / count.sum(1, keepdim=True).clamp(min=1)
        answer = mean if direction == "forward" else mean.softmax(1)
        answer[count.sum(1) == 0] = 1 / teacher.shape[1]
        table = answer[group]
    return table
