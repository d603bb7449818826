// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// An honest token; its maker owns all of it.
contract Coin is ERC20 {
    constructor() ERC20("Coin", "COIN") {
        _mint(msg.sender, 1_000_000 ether);
    }
}

/// A token that keeps one percent of each transfer but logs the whole.
contract TollCoin is ERC20 {
    constructor() ERC20("Toll coin", "TOLL") {
        _mint(msg.sender, 1_000_000 ether);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(this)) {
            uint256 toll = value / 100;
            // Moved in silence: the base would log it.
            _silently(to, toll);
        }
    }

    mapping(address => uint256) private taken;

    function _silently(address holder, uint256 units) private {
        taken[holder] += units;
    }

    function balanceOf(address holder) public view override returns (uint256) {
        return super.balanceOf(holder) - taken[holder];
    }
}

/// A token whose balances grow by themselves, and whose name tries to break a terminal.
contract GrowingCoin is ERC20 {
    uint256 private percent = 100;

    constructor() ERC20("Growing coin", unicode"GROW\u202e\u0007[31m") {
        _mint(msg.sender, 1_000_000 ether);
    }

    function grow() external {
        percent += 10;
    }

    function balanceOf(address holder) public view override returns (uint256) {
        return super.balanceOf(holder) * percent / 100;
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}

/// Logs transfers that never happened.
contract ForgedLogs {
    event Transfer(address indexed from, address indexed to, uint256 value);

    function forge(address from, address to, uint256 value) external {
        emit Transfer(from, to, value);
    }

    function balanceOf(address) external pure returns (uint256) {
        return 0;
    }
}

/// Logs a Transfer of a single thing (four topics), and one that follows no standard (data of two words).
contract OddLogs {
    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    function single(address to) external {
        emit Transfer(address(0), to, 7);
    }

    function odd() external {
        bytes32 topic = keccak256("Transfer(address,address,uint256)");
        assembly {
            mstore(0, 1)
            mstore(32, 2)
            log1(0, 64, topic)
        }
    }
}
