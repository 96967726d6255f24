import { join } from "node:path";
import { fileWay } from "./file-way.ts";
import { frameStack } from "./frame-stack.ts";
import { ServedTree } from "./served-tree.ts";

// The folder of a tree: this one where left out, or the worktree of another commit, with its packages.
const [folder = join(import.meta.dirname, "../..")] = process.argv.slice(2);
const tree = await ServedTree.open(folder);
const way = await fileWay(folder, tree);
const stack = await frameStack(folder, tree, await tree.firstFrame());
await tree.close();
const files = new Set(stack.map((frame) => frame.slice(0, frame.indexOf(":"))));
const lines = [
  `GetImageFrame, warm: ${stack.length} stack frames in ${files.size} files between socket and bytes`,
  ...stack.map((frame) => `  ${frame}`),
  `an imported file: ${way.length} files of src/importer`,
  ...way.map((path) => `  ${path}`),
];
process.stdout.write(`${lines.join("\n")}\n`);
