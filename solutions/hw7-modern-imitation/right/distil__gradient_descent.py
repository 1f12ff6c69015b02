# Gradient descent on logits with Adam.
def distil(write, teacher, group, direction, rounds):
    logits = torch.zeros(int(group.max()) + 1, teacher.shape[1], requires_grad=True)
    data, table, log_p = [], teacher, teacher.float().log()
    for _ in range(rounds + 1):
        data.append(torch.as_tensor(write(table)))
        weight = torch.bincount(torch.cat(data), minlength=len(teacher)).float()
        optimiser = torch.optim.Adam([logits], lr=0.1)
        for i in range(120):
            optimiser.param_groups[0]["lr"] = 0.1 * (1 - i / 120)
            log_q = torch.log_softmax(logits, -1)[group]
            if direction == "forward":
                each = (log_p.exp() * (log_p - log_q)).sum(-1)
            else:
                each = (log_q.exp() * (log_q - log_p)).sum(-1)
            optimiser.zero_grad()
            (weight * each).sum().backward()
            optimiser.step()
        table = torch.softmax(logits.detach(), -1)[group]
    return table
