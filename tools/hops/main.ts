import { join } from "node:path";
import { fileWay } from "./file-way.ts";
import { frameStack } from "./frame-stack.ts";
import { ServedTree } from "./served-tree.ts";

/**
 * `node tools/hops/main.ts [FOLDER]`: through how much code a frame and an imported file pass. The folder is that of a
 * tree with its packages, such as a `git worktree` of another commit; this tree where left out.
 */
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
