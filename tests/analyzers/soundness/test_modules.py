"""Sites in the modules around an edited file rely on it too."""

from __future__ import annotations

from tests.analyzers.soundness.scope import B, exposed, told

PARENT = "pub struct Ring { len: usize }\nmod grow;\nmod view;\nmod far;\n"
GROW = "impl super::Ring { fn grow(&mut self, by: usize) { self.len += by; } }\n"
VIEW = "impl super::Ring { fn at(&self) -> u8 { unsafe { read(self.len) } } }\n"


def test_a_site_of_the_parent_relies_on_its_child_module() -> None:
    parent = f"{PARENT}impl Ring {{ fn at(&self) -> u8 {{ unsafe {{ read(self.len) }} }} }}\n"
    tree = {"src/lib.rs": parent, "src/grow.rs": GROW}
    (change,) = exposed(tree, {**tree, "src/grow.rs": GROW.replace("+= by", "+= by + 1")})
    assert (change.path, change.site.item, change.reasons) == ("src/grow.rs", "impl super::Ring::grow", (B,))
    assert (change.notes[0].path, change.notes[0].line) == ("src/lib.rs", 5)


def test_a_site_of_a_child_module_relies_on_its_parent() -> None:
    parent = f"{PARENT}impl Ring {{ fn reset(&mut self) {{ self.len = 0; }} }}\n"
    tree = {"src/lib.rs": parent, "src/view.rs": VIEW}
    changes = exposed(tree, {**tree, "src/lib.rs": parent.replace("self.len = 0", "self.len = 1")})
    assert [(change.path, change.notes[0].path) for change in changes] == [("src/lib.rs", "src/view.rs")]


def test_inline_modules_and_impl_blocks_in_several_places_belong_together() -> None:
    code = f"pub struct Ring {{ len: usize }}\nmod grow {{ {GROW} }}\nmod view {{ {VIEW} }}"
    assert told(code, code.replace("+= by", "-= by")) == [
        ("mod grow::impl super::Ring::grow", "unsafe-block", (B,))
    ]


def test_modules_further_away_are_not_read() -> None:
    tree = {"src/lib.rs": PARENT, "src/grow.rs": GROW, "src/view.rs": VIEW}
    assert told(tree, {**tree, "src/grow.rs": GROW.replace("+= by", "-= by")}) == []


def test_a_function_that_moved_to_another_file_and_changed_on_the_way_is_told_where_it_is_now() -> None:
    function = "fn checked(i: usize) -> u8 { assert!(i < 4); let j = i * 2; unsafe { *BASE.add(j) } }\n"
    tree = {"src/a.rs": function, "src/b.rs": "fn other() {}\n"}
    moved = {"src/a.rs": "", "src/b.rs": "fn other() {}\n" + function}
    assert told(tree, moved) == []
    changed = {**moved, "src/b.rs": moved["src/b.rs"].replace("i < 4", "i < 5")}
    assert [(change.path, change.site.line) for change in exposed(tree, changed)] == [("src/b.rs", 2)]


def test_every_file_whose_sites_rely_on_an_edit_is_named_since_rules_look_at_paths() -> None:
    names = [f"view{number}" for number in range(7)]
    declared = "".join(f"mod {name};\n" for name in names)
    parent = f"pub struct Ring {{ len: usize }}\n{declared}impl Ring {{ fn reset(&mut self) {{ self.len = 0; }} }}\n"
    tree = {"src/lib.rs": parent} | {f"src/{name}.rs": VIEW * 2 for name in names}
    (change,) = exposed(tree, {**tree, "src/lib.rs": parent.replace("self.len = 0", "self.len = 1")})
    assert change.relying == tuple(f"src/{name}.rs" for name in names)
    assert dict(change.notes[-1].values)["count"] == str(14 - len(change.notes) + 1)
