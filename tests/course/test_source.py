"""Every homework's source: cells, points, known answers, and hidden tests that keep to the door."""

import ast
import builtins

import pytest

from ilkit.errors import InputError
from ilkit.grading.source import (
    Homework,
    dependants,
    homeworks,
    is_check,
    is_solution,
    is_test,
)


@pytest.fixture(scope="module")
def all_homeworks(root):
    return homeworks(root)


@pytest.fixture(scope="module")
def graded(all_homeworks):
    return [homework for homework in all_homeworks if homework.parts]


def test_two_conversions_agree_and_ids_are_unique(all_homeworks):
    for homework in all_homeworks:
        assert homework.notebook == Homework(homework.folder).notebook
        ids = [cell.id for cell in homework.notebook.cells]
        assert len(ids) == len(set(ids))


def test_points(all_homeworks):
    for homework in all_homeworks:
        cells = homework.notebook.cells
        by_hand = [
            c.metadata.nbgrader.points
            for c in cells
            if is_solution(c) and c.metadata.nbgrader.grade
        ]
        if homework.slug.endswith("-written"):
            assert (sum(by_hand), homework.parts) == (10, [])
        else:
            assert sum(part.points for part in homework.parts) == 100
            assert len(homework.parts) >= 8
            assert by_hand == []


def test_each_part_has_its_three_cells_in_order(graded):
    for homework in graded:
        ids = [cell.id for cell in homework.notebook.cells]
        for part in homework.parts:
            places = [ids.index(f"{part.id}{suffix}") for suffix in ("", "-check", "-test")]
            assert places == sorted(places)


def test_each_answer_belongs_to_a_part_and_says_what_it_is(graded):
    for homework in graded:
        ids = {part.id for part in homework.parts}
        for file in [*homework.folder.glob("wrong/*.py"), *homework.folder.glob("right/*.py")]:
            assert file.stem.split("__")[0] in ids, file
            assert file.read_text().startswith("# "), file


def test_hidden_tests_reach_the_student_through_the_door_alone(graded):
    """They would run in another process: every name in them is their own or a builtin."""
    for homework in graded:
        for cell in filter(is_test, homework.notebook.cells):
            tree = ast.walk(ast.parse(cell.source))
            bound, used = set(dir(builtins)), set()
            for node in tree:
                if isinstance(node, ast.Name):
                    (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
                elif isinstance(node, (ast.FunctionDef, ast.arg)):
                    bound.add(getattr(node, "name", None) or node.arg)
                elif isinstance(node, ast.alias):
                    bound.add(node.asname or node.name.split(".")[0])
            assert used <= bound, f"{cell.id} uses {used - bound}"


def test_parts_do_not_depend_on_each_other(graded):
    for homework in graded:
        code = [cell for cell in homework.notebook.cells if cell.cell_type == "code"]
        for index, cell in enumerate(code):
            if is_solution(cell):
                own = f"{cell.id}-test"
                assert set(dependants(code[index:])) <= {own.removesuffix("-test")}, cell.id


def test_checks_are_plain_python(graded):
    for homework in graded:
        for cell in filter(is_check, homework.notebook.cells):
            assert "student." not in cell.source
            assert cell.source.count("assert ") >= 3, f"{cell.id}: says too little"


def test_a_folder_without_sources_is_told_so(tmp_path):
    with pytest.raises(InputError, match="expected the sources"):
        homeworks(tmp_path)
