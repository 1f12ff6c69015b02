"""Answers that end, never end, or take all there is: they lose their part, and others nothing."""

ATTACKS = ("endings", "floods")
WORDS = ("--timeout", "20")  # a cell or a call may take a fifth of that


def test_it_loses_its_own_part(attack, report):
    report.expect(attack)


def test_it_harms_nobody(check, report):
    assert list(check(report)) == []
