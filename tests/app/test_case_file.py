"""A case file is read whole or refused with the key that is wrong; a typo never changes what is traced."""

from pathlib import Path

import pytest

from qiyafa.app.case_file import read_case
from qiyafa.model.case import OutputRef, Stop, Theft, TransferRef
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.text import text

THIEF = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
TRANSACTION = "0x" + "ab" * 32
BITCOIN = "bip122:000000000019d6689c085ae165831e93"
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
HEAD = '[case]\nid = "c"\n'


def write(folder: Path, content: str) -> Path:
    path = folder / "case.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_whole_case(tmp_path: Path) -> None:
    content = f"""[case]
id = "c"
title = "A case"
[[theft]]
id = "first"
chain = "eip155:1"
address = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
from_block = 7
[[theft]]
id = "second"
chain = "eip155:1"
asset = "0x{"a1" * 20}"
transfers = [{{transaction = "{TRANSACTION.upper().replace("X", "x")}", position = 3}}]
[[stop]]
chain = "eip155:1"
address = "{THIEF}"
reason = "exchange: Example"
"""
    case = read_case(write(tmp_path, content)).case
    assert case.title == "A case"
    assert case.thefts == (
        Theft("first", "eip155:1", THIEF, 7),
        Theft("second", "eip155:1", transfers=(TransferRef(TRANSACTION, 3),), asset="eip155:1/erc20:0x" + "a1" * 20),
    )
    assert case.stops == (Stop("eip155:1", THIEF, "exchange: Example"),)


def test_one_theft_is_named_after_its_case(tmp_path: Path) -> None:
    case = read_case(write(tmp_path, f'{HEAD}[[theft]]\nchain = "eip155:1"\naddress = "{THIEF}"\n')).case
    assert [theft.id for theft in case.thefts] == ["c"]


def theft(lines: str) -> str:
    return f'{HEAD}[[theft]]\nchain = "eip155:1"\n{lines}\n'


def on_bitcoin(lines: str) -> str:
    return f'{HEAD}[[theft]]\nchain = "{BITCOIN}"\n{lines}\n'


def test_outputs_are_named_by_transaction_and_index(tmp_path: Path) -> None:
    lines = f'outputs = [{{transaction = "{"AB" * 32}", index = 1}}, {{transaction = "{"cd" * 32}"}}]'
    (found,) = read_case(write(tmp_path, on_bitcoin(lines))).case.thefts
    assert found.outputs == (OutputRef("ab" * 32, 1), OutputRef("cd" * 32, None))


def test_an_address_of_a_chain_of_outputs_can_be_a_theft_of_its_only_asset(tmp_path: Path) -> None:
    lines = f'address = "{GENESIS}"\nfrom_block = 3\nasset = "{BITCOIN}/slip44:0"'
    (found,) = read_case(write(tmp_path, on_bitcoin(lines))).case.thefts
    assert (found.address, found.from_block, found.asset) == (GENESIS, 3, f"{BITCOIN}/slip44:0")


@pytest.mark.parametrize(
    ("content", "key", "said"),
    [
        (HEAD, "case.no_theft", "[[theft]]"),
        (theft(""), "case.no_theft_form", "address"),
        (theft(f'adress = "{THIEF}"'), "case.unknown_key", "Did you mean `address`?"),
        (theft(f'address = "{THIEF}"\nfrom_block = "7"'), "case.wrong_type", "whole number"),
        (theft(f'address = "{THIEF}"\nfrom_block = -1'), "case.wrong_type", "from_block"),
        (theft(f'address = "{THIEF}"\nfrom_block = true'), "case.wrong_type", "from_block"),
        (theft('address = "0x098b"'), "case.bad_address", "0x098b"),
        (theft(f'address = "{THIEF.replace("b716", "B716")}"'), "case.bad_address", "checksum"),
        (theft(f'address = "{THIEF}"\ntransfers = []'), "case.two_theft_forms", "two thefts"),
        (theft("transfers = []"), "case.wrong_type", "transaction"),
        (theft('transfers = [{transaction = "0x12"}]'), "case.bad_value", "0x12"),
        (theft("outputs = []"), "case.outputs_not_here", "outputs"),
        (on_bitcoin("transfers = [{}]"), "case.transfers_not_here", "outputs"),
        (on_bitcoin("outputs = []"), "case.wrong_type", "index"),
        (on_bitcoin("outputs = [{index = 0}]"), "case.missing_key", "transaction"),
        (
            on_bitcoin(f'outputs = [{{transaction = "{"ab" * 32}", position = 0}}]'),
            "case.unknown_key",
            "transaction, index",
        ),
        (on_bitcoin(f'outputs = [{{transaction = "{"ab" * 32}", index = -1}}]'), "case.wrong_type", "index"),
        (on_bitcoin('outputs = [{transaction = "ab"}]'), "case.bad_value", "ab"),
        (on_bitcoin(f'address = "{GENESIS}"\noutputs = [{{}}]'), "case.two_theft_forms", "`address` and `outputs`"),
        (on_bitcoin(f'address = "{GENESIS}"\nasset = "doge"'), "case.bad_value", "one only"),
        (theft(f'address = "{THIEF}"\nasset = "doge"'), "case.bad_value", "doge"),
        (theft("from_block = 3\ntransfers = [{}]"), "case.from_block_without_address", "from_block"),
        ('[case]\nid = "c"\n[[theft]]\nchain = "moon:1"\naddress = "x"', "case.bad_value", "moon"),
        ('[[theft]]\nchain = "eip155:1"', "case.missing_key", "case"),
        ("[case", "case.not_toml", "not valid TOML"),
        ("theft = 3\n" + HEAD, "case.wrong_type", "[[theft]]"),
        (f'{HEAD}[[thefts]]\nchain = "eip155:1"', "case.unknown_key", "theft"),
        (
            theft(f'id = "a"\naddress = "{THIEF}"') + theft(f'id = "a"\naddress = "{THIEF}"').removeprefix(HEAD),
            "case.same_id",
            "a",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, content: str, key: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_case(write(tmp_path, content))
    assert caught.value.key == key
    assert said in text(caught.value.key, **caught.value.fields)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_case(tmp_path / "none.toml")


def test_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xff\xfe[case]")
    with pytest.raises(InvalidInput):
        read_case(path)
