import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runHere } from "./command-line.ts";

const PACKAGE = resolve(import.meta.dirname, "../../../package.json");
const oneLine = expect.stringMatching(/^healthimaging-local: [^\n]+\n$/);

describe("a wrong command line ends with 2 and one line that says why,", () => {
  test.each([
    [["--prot", "1"], "--prot"],
    [["--port", "70000"], "--port takes a number from 0 to 65535, got '70000'"],
    [["--throttling", "maybe"], "--throttling: it is aws, off, a multiple such as 10x, or a JSON file"],
    [["--throttling", "0x"], "--throttling: a multiple of AWS's throttling is from 0.001 to 1000"],
    [["--throttling", PACKAGE], "--throttling: a throttling table has no"],
    [["--throttling", import.meta.filename], "is not JSON"],
    [["--quotas", "nowhere.json"], "there is no file 'nowhere.json'"],
    [["--quotas", PACKAGE], "--quotas: quotas has no"],
    [["--deny", "DeleteImageSet"], "--deny: deny expects actions such as medical-imaging:Get*"],
    [["--port"], "--port"],
    [["--port", "-1"], "--port takes a number from 0 to 65535, got '-1'"],
    [["--scenario-seed", "-1"], "--scenario-seed takes a whole number from 0 to 4294967295, got '-1'"],
    [["--data", "--seed"], "--data needs DIR: keep everything in this folder; one that begins with a dash"],
    [["--host="], "--host is empty"],
    [["import", ".", "--datastore", "x", "--endpoint", "here"], "--endpoint takes a URL"],
    [
      ["import", ".", "--datastore", "x", "--endpoint", "localhost:9"],
      "no emulator answers at http://localhost:9",
    ],
    [
      ["--throtling", "off"],
      "Unknown option '--throtling': did you mean --throttling? (flags of serve: --port",
    ],
    [
      ["--endpoint", "localhost:9", "clock"],
      "--endpoint comes after the command, as in clock now --endpoint",
    ],
    [["--json", "health"], "--json comes after the command, as in clock now --json"],
    [["--jsn", "health"], "Unknown option '--jsn'"],
    [["--data", ""], "--data is empty"],
    [["--cors", "viewer.example"], "--cors takes origins"],
    [["--allow-host", "imaging.example,http://imaging.example"], "--allow-host takes host names"],
    [["--bucket-owner", "dicom"], "--bucket-owner takes buckets such as"],
    [["--bucket-owner", "dicom=12345"], "--bucket-owner takes buckets such as"],
    [["--bucket-owner", "Dicom=111122223333"], "--bucket-owner takes buckets such as"],
    [["--bucket-owner", "dicom=111122223333@nowhere"], "--bucket-owner takes buckets such as"],
    [
      ["launch"],
      "unknown command launch: it is one of serve, import, env, hosts, doctor, demo, health, clock",
    ],
    [["sreve"], "unknown command sreve: did you mean serve? It is one of serve"],
    [["help", "clok"], "unknown command clok: did you mean clock?"],
    [["help", "scenario", "nosuch"], "scenario takes list, "],
    [["help", "clock", "advanse"], "got 'advanse' (did you mean clock advance?)"],
    [["help", "snapshot", "save", "extra"], "help of snapshot save takes no 'extra'"],
    [["help", "health", "extra"], "help of health takes no 'extra'"],
    [["help", "serve", "extra"], "help of serve takes no 'extra'"],
    [["help", "nosuch", "extra"], "unknown command nosuch: it is one of serve"],
    [["serve", "extra"], "extra"],
    [["import"], "import takes the folder"],
    [["import", "."], "--datastore"],
    [["import", "/does/not/exist", "--datastore", "x"], "/does/not/exist is not a folder"],
    [
      ["import", ".", "--datastore", "x", "--endpoint", "http://127.0.0.1:9"],
      "no emulator answers at http://127.0.0.1:9",
    ],
    [["--account", "12345"], "--account takes 12 digits, got '12345'"],
    [["--region", "US East"], "--region takes a region such as us-east-1, got 'US East'"],
  ])("of the server: %j", async (args, message) => {
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stdout, stderr]).toEqual([2, "", oneLine]);
    expect(stderr).toContain(message);
  });

  test.each([
    [
      ["reset", "everything"],
      "Unexpected argument 'everything' (flags of reset: --account, --endpoint, --buckets, --json)",
    ],
    [["reset", "--acount", "1"], "Unknown option '--acount': did you mean --account? (flags of reset"],
    [["reset", "--quickly"], "Unknown option '--quickly' (flags of reset"],
    [["reset", "--account", "12"], "--account takes 12 digits, got '12'"],
    [["reset", "--account", "111122223333", "--buckets"], "reset: buckets are common to all accounts"],
    [["report", "--account", "12"], "--account takes 12 digits, got '12'"],
    [["clock", "advanse", "5m"], "got 'advanse' (did you mean clock advance?)"],
    [["clock", "advance", "5x"], 'clock advance DURATION: "5x" is not a duration, expected for example PT5M'],
    [["clock", "advance", "-5m"], 'clock advance DURATION: "-5m" has a sign'],
    [["clock", "now", "-5"], "clock now takes no '-5'"],
    [["requests", "--limit", "-1"], "--limit takes a number from 1 to 99999, got '-1'"],
    [["requests", "--limit", "100000"], "--limit takes a number from 1 to 99999, got '100000'"],
    [["requests", "--limit"], "--limit needs N: the last n [100] (flags of requests"],
    [["requests", "--json=yes"], "--json takes no value (flags of requests"],
    [["requests", "-x"], "Unknown option '-x' (flags of requests"],
    [["clock", "set", "tomorrow"], 'clock set TIME: at: "tomorrow" is not a time'],
    [["clock", "advance", "5m", "--buckets"], "Unknown option '--buckets'"],
    [["scenario", "status", "a", "--rule", "b"], "scenario status takes no --rule"],
    [["status", "importjob/1"], 'Did you mean "importJob"?'],
    [["wait", "importJob/1", "--status", "COMPLETE"], 'Did you mean "COMPLETED"?'],
    [["wait", "importJob/1", "--status", "FAILED", "--timeout", "1h"], "timeout: at most 10 minutes"],
    [["wait", "importJob/*", "--status", "FAILED"], "wait RESOURCE: A status is of one resource"],
    [["status", "importJob/*"], "status RESOURCE: A status is of one resource"],
    [["push", "importJob/*", "FAILED"], "push RESOURCE: A status is of one resource"],
    [["release", "importJob/"], "release RESOURCE: "],
    [["release", "importJobs/*"], 'Did you mean "importJob"?'],
    [
      ["requests", "--status", "99x"],
      '--status: status is such as 404, 5xx or ThrottlingException, got "99x"',
    ],
    [["requests", "calls", "--since", "garb"], "--since: since is the seq of a request, or a time such as"],
    [["requests", "--op", "GetImageFrames"], 'not an operation. Did you mean "GetImageFrame"?'],
    [["requests", "count", "--op", "NoSuch"], '--op: "NoSuch" is not an operation. There is '],
    [["snapshot", "save", "a b"], "snapshot save NAME: a snapshot's name is up to 64 letters"],
    [["snapshot", "import", PACKAGE, "--name", "a b"], "--name: a snapshot's name is up to 64 letters"],
    [["snapshot", "export", "a", "/nonexist/x"], "there is no folder "],
    [["snapshot", "export", "a", import.meta.dirname], "cannot be written: it is a folder"],
    [["push", "importJob/1", "ACTIVE"], 'push: "ACTIVE" is not a status to put an importJob in'],
    [["push", "imageSet/1", "LOCKED"], '"LOCKED" is not a status to put an imageSet in. There is CREATED'],
    [["push", "importJob/1", "COMPLETED", "--message", "no"], "COMPLETED has no message: only a failure has"],
    [["push", "importJob/1", "FAILED", "--message", "a;b"], "message has 1 to 2,048 letters"],
    [["hold", "datastore/*", "--status", "CREATE"], "is not a status to hold a datastore in"],
    [["hold", "importJob/1", "--status", "COMPLETED"], "There is SUBMITTED, IN_PROGRESS"],
    [["durations", "jobInProgresMs=5"], 'Did you mean "jobInProgressMs"?'],
    [["durations", "jobInProgressMs=5y"], '"5y" is not a duration'],
    [["health", "--endpoint", "localhost:9"], "no emulator answers at http://localhost:9"],
    [["health", "--endpoint", "[::1]:9"], "no emulator answers at http://[::1]:9"],
    [["reset", "--account"], "(flags of reset"],
    [["reset", "--endpoint", "here"], "--endpoint takes a URL"],
    [["clock", "advance"], "clock takes now, freeze [TIME], advance DURATION"],
    [["clock", "now", "5m"], "clock now takes no '5m': clock takes now"],
    [
      ["scenario", "load", PACKAGE, "--name", "a b"],
      "scenario load: expected a name of letters, digits, - _",
    ],
    [["scenario", "load"], "scenario load needs FILE: scenario takes list"],
    [
      ["scenario", "activate", "a", "--ttl", "soon"],
      '"soon" is not a duration, expected for example PT5M, PT1.5S, P1DT12H, 5m, 250ms',
    ],
    [["clock", "stop"], "clock takes now"],
    [["wait", "importJob/1"], "wait takes a resource and a status"],
    [["wait", "--status", "COMPLETED"], "wait takes a resource and a status"],
    [["push", "importJob/1"], "push takes a resource and a status"],
    [["hold", "--status", "CREATING"], "hold --status takes a resource"],
    [["status"], "status takes a resource"],
    [["release"], "release takes a resource"],
    [["durations", "jobInProgressMs"], "durations takes names with values"],
    [["limits", "--throttling", "-1"], "--throttling"],
    [["limits", "--quotas", "absent.json"], "--quotas: it is a JSON file"],
    [["limits", "--deny", "nothing"], "--deny: deny expects actions"],
    [
      ["restart"],
      "unknown command restart: it is one of serve, import, env, hosts, doctor, demo, health, clock",
    ],
  ])("of a verb for a running emulator: %j", async (args, message) => {
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stdout, stderr]).toEqual([2, "", oneLine]);
    expect(stderr).toContain(message);
  });

  test.each(["Get*", "*Frame", "GetDICOMInstance", "dicomweb:*"])(
    "%s is what requests are filtered by",
    async (op) => {
      const { stderr } = await runHere(["requests", "--op", op, "--endpoint", "localhost:9"]);
      expect(stderr).toContain("no emulator answers");
    },
  );

  test("an import into an emulator that is not well says what fails, not that there is none", async () => {
    const unwell = createServer((request, response) => {
      response.statusCode = request.url === "/_local/health" ? 503 : 500;
      response.end('{"message":"the disk is full"}');
    });
    await new Promise<void>((listening) => void unwell.listen(0, "127.0.0.1", listening));
    onTestFinished(() => void unwell.close());
    const { port } = unwell.address() as AddressInfo;
    const folder = import.meta.dirname;
    const { code, stderr } = await runHere([
      "import",
      folder,
      "--datastore",
      "a",
      "--endpoint",
      `127.0.0.1:${port}`,
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("the disk is full")]);
    expect(stderr).not.toContain("no emulator");
  });
});
