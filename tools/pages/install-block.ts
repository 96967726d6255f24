import type { Publication } from "./publication.ts";

/** How to start it without a clone, as far as that is possible. */
export function installBlock({ isPublished, image }: Publication): string {
  if (!isPublished)
    return "The package and the image are not published yet. [In tests](docs/guide/in-tests.md#install) installs the package in your\nproject, and [containers](docs/guide/containers.md) builds the image, both from the clone.";
  return [
    "Without a clone:",
    shell("npx healthimaging-local", "test/package.system.test.ts"),
    ...(image === null
      ? []
      : ["or", shell(`docker run --rm -p 127.0.0.1:4464:4464 ${image}`, "test/container.system.test.ts")]),
  ].join("\n\n");
}

const shell = (command: string, test: string): string =>
  `<!-- ${test} does the same -->\n\`\`\`sh\n${command}\n\`\`\``;
