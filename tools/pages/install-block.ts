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

const PEERS = "vitest @aws-sdk/client-medical-imaging @aws-sdk/client-s3";

/** How to install the package in a project: from a registry, or from the clone. */
export function packageBlock({ isPublished }: Publication, version: string): string {
  const test = "test/package.system.test.ts";
  if (isPublished)
    return `In your project:\n\n${shell(`npm install --save-dev healthimaging-local ${PEERS}`, test)}`;
  const tarball = `healthimaging-local-${version}.tgz`;
  const pack = `npm pack    # makes ${tarball}`;
  const install = `cd ../my-project && npm install --save-dev ../healthimaging-local/${tarball} \\\n  ${PEERS}`;
  return `The package is made in the clone and installed in your project:\n\n${shell(`${pack}\n${install}`, test)}`;
}

/** How to get the image and run it. */
export function imageBlock({ image }: Publication): string {
  const test = "test/container.system.test.ts";
  const run = "docker run --rm -p 127.0.0.1:4464:4464";
  const build = shell(`docker build -t healthimaging-local . && ${run} healthimaging-local`, test);
  if (image === null) return `No public registry has the image. Build it in the clone:\n\n${build}`;
  return `${shell(`${run} ${image}`, test)}\n\nOr build it in the clone:\n\n${build}`;
}

const shell = (command: string, test: string): string =>
  `<!-- ${test} does the same -->\n\`\`\`sh\n${command}\n\`\`\``;
