import { expect, test } from "vitest";
import { installBlock } from "../../tools/pages/install-block.ts";
import { fillBlock } from "../../tools/pages/marked-block.ts";

const IMAGE = "registry.example/owner/healthimaging-local";
const shellOf = (block: string): string[] =>
  [...block.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, code = ""]) => code.trim());

test("until the package is published the README has no command that needs a registry", () => {
  const block = installBlock({ isPublished: false, image: null });
  expect(shellOf(block)).toEqual([]);
  expect(block).toContain("not published yet");
});

test("a published package and image are told with the commands that run them", () => {
  const commands = shellOf(installBlock({ isPublished: true, image: IMAGE }));
  expect(commands).toEqual(["npx healthimaging-local", `docker run --rm -p 127.0.0.1:4464:4464 ${IMAGE}`]);
});

test("a package without an image is told alone", () => {
  expect(shellOf(installBlock({ isPublished: true, image: null }))).toEqual(["npx healthimaging-local"]);
});

test("a generated part of a page is replaced between its marks, and the rest is kept", () => {
  const page = "# A\n\n<!-- begin x: npm run generate writes it -->\nold\n<!-- end x -->\n\nrest\n";
  const filled = fillBlock(page, "x", "new $1 content\n");
  expect(filled).toBe(
    "# A\n\n<!-- begin x: npm run generate writes it -->\n\nnew $1 content\n\n<!-- end x -->\n\nrest\n",
  );
  expect(() => fillBlock(page, "y", "")).toThrow("the page has no marks for y");
});
