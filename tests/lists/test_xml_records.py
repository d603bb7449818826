"""Records out of XML: one at a time, in bounded memory."""

import tracemalloc

from qiyafa.lists.xml_records import xml_records


def test_records_come_in_order_with_local_names_and_outermost_only():
    data = b"<a xmlns='n'><skip><deep>1</deep></skip><r n='1'><r><x>in</x></r></r><s/><r n='2'/></a>"
    found = [
        (one.tag, one.get("n"), [inner.tag for inner in one.iter()])
        for one in xml_records("f", data, "a", frozenset("rs"))
    ]
    assert found == [("r", "1", ["r", "r", "x"]), ("s", None, ["s"]), ("r", "2", ["r"])]


def test_memory_does_not_grow_with_what_is_not_wanted():
    data = b"<a><junk>" + b"<one><two>some text</two></one>" * 15_000 + b"</junk><r/></a>"
    tracemalloc.start()
    try:
        assert len(list(xml_records("f", data, "a", frozenset("r")))) == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * len(data)
