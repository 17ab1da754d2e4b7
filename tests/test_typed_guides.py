"""Of guides whose lines are typed by a test nothing is left out unsaid, and both languages tell the same."""

import pytest

from tests.typed_guides import blocks

GUIDES = ("guides/server", "install")


@pytest.mark.parametrize("guide", GUIDES)
def test_each_block_is_typed_or_a_file_or_says_why_it_is_not_run(guide: str) -> None:
    for page in (f"{guide}.md", f"{guide}.vi.md"):
        assert blocks(page)
        for block in blocks(page):
            assert block.is_not_run or block.file or block.lines[0].startswith("$ "), f"{page}: {block.lines[0]}"


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_tell_the_same(guide: str) -> None:
    pages = (f"{guide}.md", f"{guide}.vi.md")
    here, there = ([block.lines[1:] if block.is_not_run else block.lines for block in blocks(page)] for page in pages)
    assert here == there
