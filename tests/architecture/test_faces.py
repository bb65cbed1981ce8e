"""A kind of field has one face wherever fields are met: in tables, editors, exports, merging and strategies."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorapp import fields, registers
from mentorapp.fields import KINDS_OF_FIELD, Choice, Field, Many, Ref, Text, fields_of, options
from mentorapp.records import ALL
from mentorapp.registers import Dot, Stamp
from mentorapp.services.export import CELLS, cell
from mentorapp.store.tables import COLUMNS
from tests.strategies import VALUES, values

kinds = pytest.mark.parametrize("kind", KINDS_OF_FIELD, ids=lambda kind: kind.__name__)


def one_of(kind: type[Field]) -> Field:
    """Some field of this kind."""
    if kind is Choice:
        return Choice(label="Choice", options=options(a="first", b="second"))
    if kind is Many:
        return Many(label="Many", of=Text(label="each"))
    return Ref(label="Ref", to="person") if kind is Ref else kind(label="Field")


def test_every_kind_of_field_is_in_the_list() -> None:
    declared = {one for one in vars(fields).values() if isinstance(one, type) and issubclass(one, Field)}
    assert declared - {Field} == set(KINDS_OF_FIELD)


def test_every_declared_field_is_of_a_kind_in_the_list() -> None:
    used = {type(field) for record in ALL for field in fields_of(record).values()}
    assert used <= set(KINDS_OF_FIELD)


@kinds
def test_it_has_a_column(kind: type[Field]) -> None:
    assert kind in COLUMNS


@kinds
def test_it_has_an_editor(kind: type[Field]) -> None:
    editors = pytest.importorskip("ui.editors", exc_type=ImportError)
    assert kind in editors.EDITORS


@kinds
def test_it_has_values_to_test_with(kind: type[Field]) -> None:
    assert kind in VALUES


def test_there_are_no_faces_of_anything_else() -> None:
    assert set(COLUMNS) == set(CELLS) == set(VALUES) == set(KINDS_OF_FIELD)


@kinds
@given(data=st.data())
def test_its_value_survives_the_register_the_table_and_a_cell(kind: type[Field], data: st.DataObject) -> None:
    field = one_of(kind)
    value = data.draw(values(field))
    assert field.decode(field.encode(value)) == value
    column = COLUMNS[kind]
    assert column.from_sql(column.to_sql(field.plain(value))) == value
    assert column.from_sql(column.to_sql(None)) == field.empty
    assert isinstance(cell(field, value), str)
    assert cell(field, field.empty) == ("no" if kind is fields.Flag else "")
    assert field.problem(field.empty) is None


@kinds
@given(data=st.data())
def test_it_has_a_merge_rule_that_shows_one_of_its_own_values(kind: type[Field], data: st.DataObject) -> None:
    field = one_of(kind)
    one, other = (field.encode(data.draw(values(field))) for _ in range(2))
    a, b = Dot(b"a" * 8, 1), Dot(b"b" * 8, 1)
    register = registers.join(registers.first(a, one), registers.first(b, other))
    shown = registers.shown(register, field.rule, {a: Stamp("a", 1), b: Stamp("b", 2)})
    field.decode(shown.value)
    assert not (one == other and shown.conflict)
    assert msgspec.msgpack.decode(shown.value) is not ...


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.kind)
def test_every_kind_of_record_says_its_words(kind: type) -> None:
    assert kind.title
    assert kind.plural
    assert kind.__doc__
    assert all(field.label for field in fields_of(kind).values())
    assert isinstance(kind(id="x").at_home().scope, str)
    assert "/" in kind(id="x").at_home().scope
