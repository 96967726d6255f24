import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listFiles } from "../../../../src/local/sdk/import/folder-files.ts";
import { asOrdinaryUser } from "../../../setup/ordinary-user.ts";

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  folder = join(home, "dicom");
  await mkdir(join(folder, "study", "series"), { recursive: true });
  await writeFile(join(folder, "study", "series", "a.dcm"), "a");
  await writeFile(join(folder, "study", "b.dcm"), "b");
});
afterEach(() => rm(home, { recursive: true }));

async function list(followLinks = false) {
  const { files, refused } = await listFiles(folder, "input/", { followLinks });
  return { names: files.map(({ name }) => name), refused };
}
const ALL = ["study/b.dcm", "study/series/a.dcm"];

describe("the files of a folder that is imported", () => {
  test("are all of them, in the order of their names", async () => {
    expect(await list()).toEqual({ names: ALL, refused: [] });
  });

  test("are listed once each, also where links lead back to a parent or sibling folder", async () => {
    await symlink("..", join(folder, "study", "up"));
    await symlink("../..", join(folder, "study", "series", "top"));
    await symlink(folder, join(folder, "study", "series", "self"));
    await symlink("study/series", join(folder, "again"));
    expect(await list()).toEqual({ names: ALL, refused: [] });
  });

  test("are listed though thirty folders each hold two links to the next", async () => {
    for (let depth = 0; depth < 30; depth++) {
      await mkdir(join(folder, `level-${depth}`));
      for (const name of ["x", "y"])
        await symlink(join(folder, `level-${depth + 1}`), join(folder, `level-${depth}`, name));
    }
    await mkdir(join(folder, "level-30"));
    expect(await list()).toEqual({ names: ALL, refused: [] });
  });

  test("do not include those of a linked folder outside, with any setting for links", async () => {
    await mkdir(join(home, "private"));
    await writeFile(join(home, "private", "secret.dcm"), "secret");
    await symlink(join(home, "private"), join(folder, "out"));
    const refused = [
      { file: "out", message: "the link leads to a folder outside: such links are not followed" },
    ];
    expect(await list()).toEqual({ names: ALL, refused });
    expect(await list(true)).toEqual({ names: ALL, refused });
  });

  test("include a linked file outside only when links are followed; otherwise a message tells how", async () => {
    await writeFile(join(home, "outside.dcm"), "outside");
    await symlink(join(home, "outside.dcm"), join(folder, "linked.dcm"));
    await symlink("study/b.dcm", join(folder, "within.dcm"));
    expect(await list()).toEqual({
      names: ALL,
      refused: [
        {
          file: "linked.dcm",
          message: "the link leads to a file outside: --follow-links (followLinks: true) imports it",
        },
      ],
    });
    expect(await list(true)).toEqual({ names: ["linked.dcm", ...ALL], refused: [] });
  });

  test("are listed once each, also where several links lead to one file within or outside", async () => {
    await writeFile(join(home, "outside.dcm"), "outside");
    for (const name of ["1.dcm", "2.dcm", "3.dcm"]) {
      await symlink("study/b.dcm", join(folder, name));
      await symlink(join(home, "outside.dcm"), join(folder, `out-${name}`));
    }
    expect((await list()).names).toEqual(ALL);
    expect(await list(true)).toEqual({ names: ["out-1.dcm", ...ALL], refused: [] });
  });

  // Windows has no users to act as.
  test.runIf(process.seteuid !== undefined)("are told of where this user may not read them", async () => {
    await mkdir(join(folder, "locked"), { mode: 0o700 });
    await writeFile(join(folder, "locked", "c.dcm"), "c");
    await chmod(home, 0o755);
    await chmod(join(folder, "study", "b.dcm"), 0);
    const listed = await asOrdinaryUser(async () => {
      if (process.getuid?.() !== 0) await chmod(join(folder, "locked"), 0);
      return list();
    });
    await chmod(join(folder, "locked"), 0o700);
    expect(listed).toEqual({
      names: ["study/series/a.dcm"],
      refused: [
        { file: "locked/", message: "the folder cannot be read (EACCES)" },
        { file: "study/b.dcm", message: "the file cannot be read (EACCES)" },
      ],
    });
  });

  test("are those of the linked folder when the named path is itself a link", async () => {
    await symlink(folder, join(home, "link"));
    folder = join(home, "link");
    expect(await list()).toEqual({ names: ALL, refused: [] });
  });

  test("are reported when they cannot be imported: none is left out silently", async () => {
    await symlink("nowhere", join(folder, "broken"));
    await symlink("loop", join(folder, "loop"));
    if (process.platform !== "win32") execFileSync("mkfifo", [join(folder, "pipe")]);
    const deep = Array.from({ length: 5 }, () => "d".repeat(250)).join("/");
    await mkdir(join(folder, deep), { recursive: true });
    await writeFile(join(folder, deep, "deep.dcm"), "");
    const { names, refused } = await list();
    expect(names).toEqual(ALL);
    expect(refused.map(({ file, message }) => [file.slice(0, 6), message])).toEqual([
      ["broken", "the file cannot be read (ENOENT)"],
      ["dddddd", "its path cannot be an object key: it has more than 1024 bytes"],
      ["loop", "the file cannot be read: a link leads in a loop (ELOOP)"],
      ...(process.platform === "win32" ? [] : [["pipe", "it is neither a file nor a folder"]]),
    ]);
  });

  test("are reported when their key is too long with its prefix", async () => {
    const names = Array.from({ length: 4 }, () => "d".repeat(250));
    const path = join(folder, ...names.slice(0, 3));
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "e".repeat(240)), "");
    const { files, refused } = await listFiles(folder, `input/${"p".repeat(30)}/`, { followLinks: false });
    expect(files.map(({ name }) => name)).toEqual(ALL);
    expect(refused).toEqual([
      {
        file: expect.any(String) as string,
        message: expect.stringMatching(/^Your key is too long/) as string,
      },
    ]);
  });

  // Other file systems refuse such names.
  test.runIf(process.platform === "linux")("are reported when their name is not valid UTF-8", async () => {
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x6e, 0xff])]), "");
    expect((await list()).refused).toEqual([
      { file: "n\uFFFD", message: "its name cannot be an object key: it is not UTF-8" },
    ]);
  });
});
