import { expect, test } from "vitest";
import { imageBlock, installBlock, packageBlock } from "../../tools/pages/install-block.ts";
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

test("until the package is published it is packed in the clone, with its present version", () => {
  const [code = ""] = shellOf(packageBlock({ isPublished: false, image: null }, "7.8.9"));
  expect(code.match(/healthimaging-local-7\.8\.9\.tgz/g)).toHaveLength(2);
  expect(shellOf(packageBlock({ isPublished: true, image: null }, "7.8.9"))).toEqual([
    "npm install --save-dev healthimaging-local vitest @aws-sdk/client-medical-imaging @aws-sdk/client-s3",
  ]);
});

test("an image that a registry has is run before one that is built", () => {
  const build =
    "docker build -t healthimaging-local . && docker run --rm -p 127.0.0.1:4464:4464 healthimaging-local";
  expect(shellOf(imageBlock({ isPublished: false, image: null }))).toEqual([build]);
  expect(shellOf(imageBlock({ isPublished: true, image: IMAGE }))).toEqual([
    `docker run --rm -p 127.0.0.1:4464:4464 ${IMAGE}`,
    build,
  ]);
});

test("a generated part of a page is replaced between its marks, and the rest is kept", () => {
  const page = "# A\n\n<!-- begin x: npm run generate writes it -->\nold\n<!-- end x -->\n\nrest\n";
  const filled = fillBlock(page, "x", "new $1 content\n");
  expect(filled).toBe(
    "# A\n\n<!-- begin x: npm run generate writes it -->\n\nnew $1 content\n\n<!-- end x -->\n\nrest\n",
  );
  expect(() => fillBlock(page, "y", "")).toThrow("the page has no marks for y");
});
