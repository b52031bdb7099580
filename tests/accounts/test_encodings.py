"""Encodings are found out by the letters that they make, and shown; who knows better says so."""

import pytest

from accounts.imports.refusals import Ambiguous, ImportFileError
from tests.accounts.reading import problems, rows, sheet

HEADER = "external_id;name\n"
NAMES = {
    "windows-1250": [
        *("Zażółć gęślą jaźń", "Żółw Sp. z o.o.", "Łódź", "Poznań", "Gdańsk", "Bąk", "Żabka"),
        *("Spółka Akcyjna Wrocław", "Mała Księgarnia", "Müller Łukasz", "Nowak Józef, Toruń"),
        *("Příliš žluťoučký kůň", "Česká pošta", "Dvořák", "Árvíztűrő tükörfúrógép", "Győr"),
        *("Čačak Đorđe", "Ştefan Ţiriac România"),
    ],
    "windows-1252": [
        *("Società di Città", "São Paulo", "João", "Peña", "España", "Malmö Ångström", "Tromsø"),
        *("Københavns Lufthavne", "Æbler", "Hôtel à Paris", "Größe – 100 €", "Crème brûlée"),
        *(
            "L’Oréal",
            "Île-de-France",
            "Perché",
            "Itaú Unibanco",
            "Coração",
            "Œuvre d’art",
            "Ålesund",
            "Naïve",
            "È vero",
        ),
    ],
    "windows-1256": ["شركة النور للتجارة", "مدينة", "علي", "شركت كتاب ايران", "گروه صنعتي پارس"],
}
EVERY = [(encoding, name) for encoding, names in NAMES.items() for name in names]


@pytest.mark.parametrize(("encoding", "name"), EVERY)
def test_one_name_is_enough_to_find_out_the_encoding(encoding: str, name: str) -> None:
    file = sheet(f"{HEADER}a;{name}\n".encode(encoding))
    assert [row.cells for row in file.rows()] == [["a", name]]
    assert file.assumptions.encoding_detected
    assert file.assumptions.sample == f"a;{name}"


@pytest.mark.parametrize("encoding", NAMES)
def test_a_book_of_many_names_is_read_in_its_encoding(encoding: str) -> None:
    names = NAMES[encoding]
    content = HEADER + "".join(f"{n};{name}\n" for n, name in enumerate(names))
    assert [name for _id, name in rows(content.encode(encoding))] == names
    assert sheet(content.encode(encoding)).assumptions.encoding == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_unicode_is_read_with_a_mark_and_without(encoding: str, delimiter: str) -> None:
    text = "external_id,name\r\na,Żółw\r\nb,شرکت کتاب\r\n".replace(",", delimiter)
    assert rows(text.encode(encoding)) == [("a", "Żółw"), ("b", "شرکت کتاب")]


def test_letters_far_below_an_ascii_header_are_found() -> None:
    file = b"external_id,name\n" + b"a,Ant\n" * 40_000 + "z,Łódź\n".encode("windows-1250")
    assert rows(file)[-1] == ("z", "Łódź")


def test_a_broken_line_of_a_unicode_file_is_refused_alone() -> None:
    file = "external_id,name\na,Żółw\n".encode() + b"b,caf\xe9\nc,Cat\n"
    assert problems(file) == [(3, "name", "bytes", "caf\\xe9")]
    assert sheet(file).assumptions.encoding == "utf-8"


def test_bytes_that_mean_nothing_in_the_encoding_refuse_their_row() -> None:
    file = f"{HEADER}a;Zażółć gęślą jaźń\n".encode("windows-1250") + b"b;x\x81y\n"
    assert problems(file) == [(3, "name", "bytes", "x\\x81y")]


def test_two_readings_that_are_as_likely_are_asked_about() -> None:
    with pytest.raises(Ambiguous) as refused:
        sheet(f"{HEADER}a;Tête\n".encode("windows-1252"))
    assert refused.value.option == "encoding"
    assert set(refused.value.choices) == {"windows-1250", "windows-1252"}
    assert "--encoding" in str(refused.value)
    assert "Tęte" in str(refused.value)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        *(("shift_jis", "株式会社テスト"), ("gbk", "中国公司"), ("euc-kr", "삼성전자")),
        *(("cp437", "Müller"), ("cp1251", "Мария Иванова"), ("cp1254", "Çağrı")),
    ],
)
def test_an_encoding_that_is_not_known_is_not_taken_for_another(encoding: str, name: str) -> None:
    with pytest.raises(Ambiguous, match="no reading makes likely words") as refused:
        sheet(f"{HEADER}a;{name}\n".encode(encoding))
    assert refused.value.option == "encoding"


@pytest.mark.parametrize("name", ["windows-1252", "cp1252", "CP1252"])
def test_who_knows_the_encoding_says_so(name: str) -> None:
    file = f"{HEADER}a;Tête\n".encode("windows-1252")
    assert rows(file, encoding=name) == [("a", "Tête")]
    reading = sheet(file, encoding=name).assumptions
    assert (reading.encoding, reading.encoding_detected) == ("windows-1252", False)


def test_an_encoding_that_we_do_not_read_is_refused() -> None:
    with pytest.raises(
        ImportFileError, match="There is no encoding “ebcdic”: utf-8, utf-16, windows-1250"
    ):
        sheet(HEADER, encoding="ebcdic")


def test_a_header_that_is_no_text_in_the_chosen_encoding_is_refused() -> None:
    file = "external_id;attr.żółw\n".encode("windows-1250")
    with pytest.raises(ImportFileError, match="The header is not text in the encoding utf-8"):
        sheet(file, encoding="utf-8")


def test_what_was_assumed_is_said_with_a_line_of_the_file() -> None:
    result = sheet(f"{HEADER}a;Łódź\n".encode("windows-1250")).assumptions.sentences()
    assert result[:2] == [
        "Encoding: windows-1250. A line read so: “a;Łódź”.",
        "Separator: ;.",
    ]


def test_half_a_character_of_utf_16_refuses_its_row() -> None:
    file = (
        "external_id\tname\na\tAnt".encode("utf-16")
        + b"\x00\xd8\n\x00"
        + "b\tBee\n".encode("utf-16-le")
    )
    assert rows(file) == [("b", "Bee")]
    assert [code for _line, _column, code, _value in problems(file)] == ["bytes"]


@pytest.mark.parametrize("line", ["Kraków", "ul. Długa 5, Łódź", "ŁÓDŹ", "ŻABKA POLSKA"])
def test_polish_addresses_are_read_whatever_their_case(line: str) -> None:
    assert rows(f'{HEADER}a;"{line}"\n'.encode("windows-1250")) == [("a", line)]
