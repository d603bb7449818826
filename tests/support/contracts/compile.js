// Compiles Solidity's standard JSON from stdin to stdout; imports come from the folder of programs, argument 1.
const fs = require("fs");
const path = require("path");
const modules = path.join(process.argv[2], "node_modules");
const solc = require(path.join(modules, "solc"));
const found = (name) => {
  try {
    return { contents: fs.readFileSync(path.join(modules, name), "utf8") };
  } catch (error) {
    return { error: String(error) };
  }
};
process.stdout.write(solc.compile(fs.readFileSync(0, "utf8"), { import: found }));
