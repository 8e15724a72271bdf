"""The size limits: what is too large is found, what is not is left alone."""

import pytest

from infra.sizes import Finding, nesting, python_findings, unexcused

HEAD = '"""Says its purpose."""\n'


def places(source: str) -> list[str]:
    return [finding.place for finding in python_findings("a.py", source)]


def test_a_file_just_below_the_limit_passes() -> None:
    assert places(HEAD + "x = 1\n" * 498) == []


def test_a_file_at_the_limit_is_found() -> None:
    assert places(HEAD + "x = 1\n" * 499) == ["a.py"]


def test_a_long_function_is_found_by_name() -> None:
    assert places(HEAD + "def long() -> None:\n" + "    x = 1\n" * 59) == ["a.py:long"]
    assert places(HEAD + "def short() -> None:\n" + "    x = 1\n" * 58) == []


def test_four_blocks_inside_one_another_are_found() -> None:
    deep = "def deep():\n  for a in b:\n    if a:\n      while a:\n        {}\n"
    assert places(HEAD + deep.format("with a:\n          pass")) == ["a.py:deep"]
    assert places(HEAD + deep.format("pass")) == []


def test_a_chain_of_elif_is_not_deep() -> None:
    chain = "def chain(a):\n  if a == 1:\n    pass\n" + "".join(f"  elif a == {n}:\n    pass\n" for n in range(2, 9))
    assert places(HEAD + chain) == []


def test_an_else_that_nests_is_deep() -> None:
    source = "def f(a):\n  if a:\n    pass\n  else:\n    if a:\n      pass\n    x = 1\n"
    import ast

    assert nesting(ast.parse(source).body[0]) == 2


@pytest.mark.parametrize("source", ["x = 1\n", "# a comment\nx = 1\n", "import os\n", '\n\n# why\n"""Late."""\n'])
def test_a_first_line_that_says_no_purpose_is_found(source: str) -> None:
    assert places(source) == ["a.py"]


def test_an_exception_needs_a_reason_and_must_still_be_needed() -> None:
    large = Finding("a.py", "600 lines")
    assert list(unexcused([large], {"a.py": "a table of the field"})) == []
    assert list(unexcused([large], {"a.py": " "})) == [large, Finding("a.py", NOT_NEEDED)]
    assert list(unexcused([], {"b.py": "it was large once"})) == [Finding("b.py", NOT_NEEDED)]


NOT_NEEDED = "is excepted in pyproject.toml, but is not too large (any more)"
