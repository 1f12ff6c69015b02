"""`ilkit homework` on the command line; the students' tree has neither sources nor this test."""

from ilkit import cli


def test_a_wrong_slug_is_met_with_the_nearest(capsys, monkeypatch, root):
    monkeypatch.chdir(root)
    assert cli.main(["homework", "hw1"]) == 2
    said = "ilkit: no homework 'hw1'; did you mean 'hw1-behavior-cloning'?\n"
    assert capsys.readouterr().err == said
