"""What an investigator downloads for one address, as small as it gets."""

import json
from pathlib import Path

from tests.chains.files import ALICE, BOB, CAROL, TOKEN, Desk, Read, found, transaction

from qiyafa.chains import find_chain
from qiyafa.chains.readers.etherscan.reader import EtherscanFiles, read_etherscan

TXLIST = {
    "blockNumber": "14442835",
    "timeStamp": "1648042149",
    "hash": transaction(1),
    "nonce": "7",
    "blockHash": "0x" + "5" * 64,
    "transactionIndex": "3",
    "from": ALICE,
    "to": BOB,
    "value": "1000000000000000000",
    "gas": "21000",
    "gasPrice": "10",
    "isError": "0",
    "txreceipt_status": "1",
    "input": "0x",
    "contractAddress": "",
    "cumulativeGasUsed": "63000",
    "gasUsed": "21000",
    "confirmations": "9",
}
INTERNAL = {
    "blockNumber": "14442835",
    "timeStamp": "1648042149",
    "hash": transaction(1),
    "from": BOB,
    "to": ALICE,
    "value": "5",
    "contractAddress": "",
    "input": "",
    "type": "call",
    "gas": "2300",
    "gasUsed": "0",
    "traceId": "0_1",
    "isError": "0",
    "errCode": "",
}
TOKENTX = {
    "blockNumber": "14442835",
    "timeStamp": "1648042149",
    "hash": transaction(1),
    "from": ALICE,
    "contractAddress": TOKEN,
    "to": CAROL,
    "value": "2500000",
    "tokenName": "Tether USD",
    "tokenSymbol": "USDT",
    "tokenDecimal": "6",
    "transactionIndex": "3",
}

NORMAL_EXPORT = {
    "Transaction Hash": transaction(1),
    "Blockno": "14442835",
    "UnixTimestamp": "1648042149",
    "DateTime (UTC)": "2022-03-23 13:29:09",
    "From": ALICE,
    "To": BOB,
    "ContractAddress": "",
    "Value_IN(ETH)": "0",
    "Value_OUT(ETH)": "1",
    "CurrentValue @ $3021.87/ETH": "$3,021.87",
    "TxnFee(ETH)": "0.00021",
    "TxnFee(USD)": "0.63",
    "Historical $Price/ETH": "3,021.87",
    "Status": "",
    "ErrCode": "",
    "Method": "Transfer",
}
INTERNAL_EXPORT = {
    "Transaction Hash": transaction(1),
    "Blockno": "14442835",
    "UnixTimestamp": "1648042149",
    "DateTime (UTC)": "2022-03-23 13:29:09",
    "ParentTxFrom": ALICE,
    "ParentTxTo": BOB,
    "ParentTxETH_Value": "0",
    "From": BOB,
    "TxTo": ALICE,
    "ContractAddress": "",
    "Value_IN(ETH)": "8,564.68",
    "Value_OUT(ETH)": "0",
    "CurrentValue @ $3021.87/Eth": "$1",
    "Historical $Price/Eth": "3,021.87",
    "Status": "0",
    "ErrCode": "",
    "Type": "call",
}
TOKEN_EXPORT = {
    "Transaction Hash": transaction(1),
    "Blockno": "14442835",
    "UnixTimestamp": "1648042149",
    "DateTime (UTC)": "2022-03-23 13:29:09",
    "From": ALICE,
    "To": CAROL,
    "TokenValue": "1,000.5",
    "USDValueDayOfTx": "$1,000.50",
    "ContractAddress": TOKEN,
    "TokenName": "Tether USD",
    "TokenSymbol": "USDT",
}


def answer(*rows: dict[str, object], status: str = "1", message: str = "OK") -> str:
    """Return an answer of the account API."""
    return json.dumps({"status": status, "message": message, "result": list(rows)})


def export(columns: dict[str, str], *rows: dict[str, str]) -> str:
    """Return a CSV export: each row says only in what it differs from the usual row."""
    lines = [columns, *({**columns, **row}.values() for row in rows)]
    return "\ufeff" + "".join(",".join(f'"{value}"' for value in line) + "\r\n" for line in lines)


def read(desk: Desk, *files: str | bytes | Path, decimals: dict[str, int] | None = None, address: str = ALICE) -> Read:
    """Read downloads of one address."""
    paths = [one if isinstance(one, Path) else desk.file(f"download {n}", one) for n, one in enumerate(files)]
    request = EtherscanFiles(tuple(paths), address, decimals or {})
    return found(read_etherscan(request, find_chain("eip155:1"), desk.scratch()))
