// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// Wrapped ether as WETH9 has it: deposits and withdrawals are logged, but not as transfers.
contract WrappedEther {
    event Transfer(address indexed src, address indexed dst, uint256 wad);
    event Deposit(address indexed dst, uint256 wad);
    event Withdrawal(address indexed src, uint256 wad);

    mapping(address => uint256) public balanceOf;

    receive() external payable {
        deposit();
    }

    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    function withdraw(uint256 wad) external {
        balanceOf[msg.sender] -= wad;
        payable(msg.sender).transfer(wad);
        emit Withdrawal(msg.sender, wad);
    }

    function transfer(address dst, uint256 wad) external returns (bool) {
        balanceOf[msg.sender] -= wad;
        balanceOf[dst] += wad;
        emit Transfer(msg.sender, dst, wad);
        return true;
    }
}

/// Sends on inside a call what it is sent.
contract Forwarder {
    function forward(address payable to) external payable {
        (bool done, ) = to.call{value: msg.value}("");
        require(done);
    }

    /// Half goes through a call that reverts and comes back, half arrives.
    function halfReverts(address payable to, address reverting) external payable {
        (bool done, ) = reverting.call{value: msg.value / 2}(abi.encodeCall(Reverting.forwardAndRevert, (to)));
        require(!done);
        (done, ) = to.call{value: msg.value / 2}("");
        require(done);
    }

    /// Runs the code of another contract on its own ether.
    function byDelegate(address other, address payable to) external payable {
        (bool done, ) = other.delegatecall(abi.encodeCall(Forwarder.forward, (to)));
        require(done);
    }

    /// Creates a contract with ether in it, which destroys itself at once.
    function createAndDestroy(address payable to) external payable {
        Destructible created = new Destructible{value: msg.value}();
        created.destroy(to);
    }

    /// Nests calls so deep that readers that recurse break.
    function nested(uint256 depth, address payable to) external payable {
        if (depth == 0) {
            (bool done, ) = to.call{value: msg.value}("");
            require(done);
        } else {
            this.nested{value: msg.value}(depth - 1, to);
        }
    }
}

contract Reverting {
    receive() external payable {
        revert("no");
    }

    function forwardAndRevert(address payable to) external payable {
        (bool done, ) = to.call{value: msg.value}("");
        require(done);
        revert("all of it");
    }
}

contract Destructible {
    constructor() payable {}

    receive() external payable {}

    function destroy(address payable to) external {
        selfdestruct(to);
    }
}
