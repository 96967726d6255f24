import { describe, expect, test } from "vitest";
import { describeHelp } from "../../../src/app/cli/help.ts";
import { readRequest } from "../../../src/app/cli/control-command.ts";
import { controlCommands } from "../../../src/app/cli/commands/control-commands.ts";
import { OWN_COMMANDS } from "../../../src/app/cli/commands/own-commands.ts";
import { readSettings } from "../../../src/app/cli/settings/settings.ts";
import { CONTROL_ROUTES } from "../../../src/local/control/routes/control-routes.ts";
import { runHere } from "./command-line.ts";

const commands = [...OWN_COMMANDS, ...controlCommands().map(({ command }) => command)];

describe("help", () => {
  test("lists every command, and the flags of serve", () => {
    const lines = describeHelp([]);
    for (const { words } of commands) expect(lines).toMatch(new RegExp(`^  ${words.split(" ")[0]}\\b`, "m"));
    expect(lines).toMatch(/^ {2}clock +now, freeze, advance, set, resume$/m);
    expect(lines).toMatch(/^ {2}--port N +port to listen on; 0 is any free port \[4464\]$/m);
  });

  test.each(commands.map(({ words, examples }) => [words, examples] as const))(
    "of %s has its line, its flags and its examples",
    (words, examples) => {
      const text = describeHelp(words.split(" "));
      expect(text).toMatch(new RegExp(`^  ${words}\\b`, "m"));
      for (const example of examples) expect(text).toContain(`\n  healthimaging-local ${example}\n`);
      const flags = commands
        .filter((command) => command.words === words)
        .flatMap((command) => command.flags ?? []);
      for (const { flag } of flags) expect(text).toContain(`--${flag}`);
    },
  );

  test.each([
    [["clock", "--help"], "clock resume"],
    [["clock", "advance", "5m", "-h"], "clock advance DURATION"],
    [["help", "clock", "advance"], "clock advance DURATION"],
    [["--port", "1", "-h"], "--port N"],
    [["help", "start"], "--port N"],
    [["--help", "start"], "--port N"],
    [["--help", "--json", "clock"], "clock resume"],
    [["-h", "clock", "advance"], "clock advance DURATION"],
    [["-hh", "clock", "advance"], "clock advance DURATION"],
    [["clock", "advance", "-vh"], "clock advance DURATION"],
    [["-vh"], "Commands for a running emulator"],
    [["--help"], "Commands for a running emulator"],
    [["start", "--help"], "--port N"],
    [["-h"], "Commands for a running emulator"],
    [["help"], "Commands for a running emulator"],
  ])("is shown for %j", async (args, words) => {
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(words);
  });

  test("of a subcommand leaves the others out", () => {
    expect(describeHelp(["clock", "advance"])).not.toContain("clock resume");
  });
});

test.each(["version", "--version", "-v", "-vv"])("%s prints the version", async (word) => {
  expect(await runHere([word])).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: "",
  });
});

describe("an example of help", () => {
  /** Those that need a file of their own are left out. */
  const control = controlCommands()
    .flatMap(({ command }) => command.examples)
    .filter((line) => !/nightly\.yaml|demo\.tar\.gz --|import demo/.test(line))
    .map((line) => line.replaceAll("'", "").replace(/"[^"]*"/, "text"));

  test.each(control)("is a command line that can be read: %s", async (line) => {
    await expect(
      readRequest(line.replace("/ID", `/${"1".repeat(32)}`).split(" "), "/"),
    ).resolves.toBeDefined();
  });

  test.each(OWN_COMMANDS.flatMap(({ examples }) => examples))(
    "is a command line that can be read: %s",
    (line) => {
      expect(readSettings(line.split(" "), {}, "/")).toBeDefined();
    },
  );
});

test("every command of the table is of a route that has an answer for people", async () => {
  const { ANSWERS } = await import("../../../src/app/cli/answers/answer-texts.ts");
  const shown = Object.entries(CONTROL_ROUTES).filter(([, route]) => "commands" in route);
  expect(shown.map(([id]) => id).filter((id) => !Object.hasOwn(ANSWERS, id))).toEqual([]);
});
