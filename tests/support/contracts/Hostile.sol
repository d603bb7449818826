// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// Adds up, but its symbol is a megabyte that begins with what turns text round and hides in it.
contract EndlessSymbol is ERC20 {
    constructor() ERC20("Endless", "") {
        _mint(msg.sender, 1_000 ether);
    }

    function symbol() public pure override returns (string memory) {
        bytes memory endless = new bytes(1_000_000);
        bytes memory begins = bytes(unicode"US\u202eDC\u200b\u0007");
        for (uint256 i = 0; i < begins.length; i++) {
            endless[i] = begins[i];
        }
        return string(endless);
    }

    function decimals() public pure override returns (uint8) {
        return 200;
    }
}

/// Adds up, but tells of itself as no standard has it: no symbol, a name that is no text, decimals without end.
contract OddWords {
    event Transfer(address indexed from, address indexed to, uint256 value);

    mapping(address => uint256) public balanceOf;

    constructor() {
        balanceOf[msg.sender] = 7;
        emit Transfer(address(0), msg.sender, 7);
    }

    function symbol() external pure returns (string memory) {
        revert("no symbol");
    }

    function name() external pure returns (bytes32) {
        return hex"4f6c64ff";
    }

    function decimals() external pure returns (uint256) {
        return type(uint256).max;
    }
}

/// Logs transfers of a token that tells nobody's balance.
contract MuteLogs {
    event Transfer(address indexed from, address indexed to, uint256 value);

    constructor() {
        emit Transfer(address(0), msg.sender, 7);
    }
}
