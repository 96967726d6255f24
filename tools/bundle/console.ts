import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions, type Metafile } from "esbuild";

const SOURCE = "src/console";

const shared: BuildOptions = {
  bundle: true,
  platform: "browser",
  format: "esm",
  target: ["chrome120", "firefox120", "safari17"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
};

/**
 * Writes the console, a program for browsers, to the folder `console`: its page, its code, and the worker that decodes
 * frames. `src/local/console` serves these files, and those of the installed codec.
 */
export async function buildConsole(outdir: string): Promise<Metafile[]> {
  const folder = join(outdir, "console");
  await mkdir(folder, { recursive: true });
  for (const name of ["index.html", "icon.svg"]) await copyFile(join(SOURCE, name), join(folder, name));
  const built = await Promise.all([
    build({
      ...shared,
      outdir: folder,
      entryPoints: { console: join(SOURCE, "main.tsx") },
      jsx: "automatic",
      jsxImportSource: "preact",
    }),
    build({ ...shared, outdir: folder, entryPoints: { console: join(SOURCE, "console.css") } }),
    build({
      ...shared,
      // A classic script, which the codec's is too.
      format: "iife",
      outfile: join(folder, "frame-worker.js"),
      entryPoints: [join(SOURCE, "viewer/worker/frame-worker.ts")],
      alias: {
        "@cornerstonejs/codec-openjph": `./${SOURCE}/viewer/worker/codec-script.ts`,
        // What imaging/pixels needs of Node.js.
        "node:buffer": `./${SOURCE}/viewer/worker/node-parts.ts`,
        "node:zlib": `./${SOURCE}/viewer/worker/node-parts.ts`,
      },
      inject: [join(SOURCE, "viewer/worker/node-parts.ts")],
    }),
  ]);
  return built.map(({ metafile }) => metafile as Metafile);
}
