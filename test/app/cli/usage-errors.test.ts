import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runHere } from "./command-line.ts";

const PACKAGE = resolve(import.meta.dirname, "../../../package.json");
const JOB = `importJob/${"1".repeat(32)}`;
const IMAGE_SET = `imageSet/${"1".repeat(32)}`;
const oneLine = expect.stringMatching(/^healthimaging-local: [^\n]+\n$/);

describe("npm start without -- ends with 2 and one line that shows where it goes,", () => {
  const npm = { npm_package_name: "healthimaging-local", npm_package_json: PACKAGE };
  test.each([
    [{ npm_config_port: "4471" }, [], "npm start -- --port N"],
    [{ npm_config_adopt_data: "true" }, [], "npm start -- --adopt-data"],
    [{ npm_config_datastore: "true" }, ["import", ".", "demo"], "npm kept --datastore for itself"],
  ])("of %j", async (kept, args, message) => {
    const { code, stdout, stderr } = await runHere(args, { ...npm, ...kept });
    expect([code, stdout, stderr]).toEqual([2, "", oneLine]);
    expect(stderr).toContain(message);
  });
});

describe("a wrong command line ends with 2 and one line that says why,", () => {
  test.each([
    [["--prot", "1"], "--prot"],
    [["--port", "70000"], "--port expects a number from 0 to 65535, got '70000'"],
    [["--throttling", "maybe"], "--throttling: expected aws, off, a multiple such as 10x, or a JSON file"],
    [
      ["--throttling", "0x"],
      "--throttling: a multiple of AWS's throttling expects a number from 0.001 to 1000",
    ],
    [["--throttling", PACKAGE], "--throttling: a throttling table has no"],
    [["--throttling", import.meta.filename], "is not JSON"],
    [["--quotas", "nowhere.json"], "the file 'nowhere.json' cannot be read"],
    [["--quotas", PACKAGE], "--quotas: quotas has no"],
    [["--deny", "DeleteImageSet"], "--deny: deny expects actions such as medical-imaging:Get*"],
    [["--port"], "--port"],
    [["--port", "-1"], "--port expects a number from 0 to 65535, got '-1'"],
    [["--scenario-seed", "-1"], "--scenario-seed expects a whole number from 0 to 4294967295, got '-1'"],
    [["--data", "--seed"], "--data needs DIR: folder that keeps all data; a value that begins with a dash"],
    [["--host="], "--host is empty"],
    [["import", ".", "--datastore", "x", "--endpoint", "here"], "--endpoint expects a URL"],
    [
      ["import", ".", "--datastore", "x", "--endpoint", "localhost:9"],
      "no emulator answers at http://localhost:9",
    ],
    [
      ["--throtling", "off"],
      "Unknown option '--throtling': did you mean --throttling? (healthimaging-local help serve lists its flags)",
    ],
    [
      ["--endpoint", "localhost:9", "clock"],
      "--endpoint comes after the command, as in clock now --endpoint",
    ],
    [["--json", "health"], "--json comes after the command, as in clock now --json"],
    [["--jsn", "health"], "Unknown option '--jsn'"],
    [
      ["--data-folder", "x"],
      "Unknown option '--data-folder': did you mean --tls-folder or --data? (healthimaging-",
    ],
    [["--log"], "did you mean --log-level or --log-format?"],
    [["--data", ""], "--data is empty"],
    [["--cors", "viewer.example"], "--cors expects origins"],
    [["--allow-host", "imaging.example,http://imaging.example"], "--allow-host expects host names"],
    [["--bucket-owner", "dicom"], "--bucket-owner expects buckets such as"],
    [["--bucket-owner", "dicom=12345"], "--bucket-owner expects buckets such as"],
    [["--bucket-owner", "Dicom=111122223333"], "--bucket-owner expects buckets such as"],
    [["--bucket-owner", "dicom=111122223333@nowhere"], "--bucket-owner expects buckets such as"],
    [
      ["launch"],
      "unknown command launch. Expected one of serve, import, env, hosts, doctor, demo, health, clock",
    ],
    [["sreve"], "unknown command sreve: did you mean serve? Expected one of serve"],
    [["help", "clok"], "unknown command clok: did you mean clock?"],
    [["help", "scenario", "nosuch"], "scenario expects list, "],
    [["help", "clock", "advanse"], "got 'advanse' (did you mean clock advance?)"],
    [["help", "snapshot", "save", "extra"], "help of snapshot save does not accept 'extra'"],
    [["help", "health", "extra"], "help of health does not accept 'extra'"],
    [["help", "serve", "extra"], "help of serve does not accept 'extra'"],
    [["help", "nosuch", "extra"], "unknown command nosuch. Expected one of serve"],
    [["serve", "extra"], "extra"],
    [["import"], "import expects a folder"],
    [["import", "."], "--datastore"],
    [["import", "", "--datastore", "x"], "An argument is empty (flags of import"],
    [["import", ".", "--datastore", "a b"], "--datastore expects an id, or a name of at most 256 letters"],
    [["import", "/does/not/exist", "--datastore", "x"], "there is no folder /does/not/exist"],
    [
      ["import", ".", "--datastore", "x", "--endpoint", "http://127.0.0.1:9"],
      "no emulator answers at http://127.0.0.1:9",
    ],
    [["--account", "12345"], "--account expects 12 digits, got '12345'"],
    [["--region", "US East"], "--region expects a region such as us-east-1, got 'US East'"],
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
    [["reset", "--account", "12"], "--account expects 12 digits, got '12'"],
    [["reset", "--account", "111122223333", "--buckets"], "reset: buckets cannot be reset with one account"],
    [["report", "--account", "12"], "--account expects 12 digits, got '12'"],
    [["clock", "advanse", "5m"], "got 'advanse' (did you mean clock advance?)"],
    [["clock", "advance", "5x"], 'clock advance DURATION: "5x" is not a duration, expected for example PT5M'],
    [["clock", "advance", "-5m"], 'clock advance DURATION: "-5m" has a sign'],
    [["clock", "now", "-5"], "clock now does not accept '-5'"],
    [["requests", "--limit", "-1"], "--limit expects a number from 1 to 99999, got '-1'"],
    [["requests", "--limit", "100000"], "--limit expects a number from 1 to 99999, got '100000'"],
    [
      ["requests", "--limit"],
      "--limit needs N: the last N requests [100] (healthimaging-local help requests lists its flags)",
    ],
    [
      ["requests", "--json=yes"],
      "--json does not take a value (healthimaging-local help requests lists its flags)",
    ],
    [["requests", "-x"], "Unknown option '-x' (healthimaging-local help requests lists its flags)"],
    [["clock", "set", "tomorrow"], "clock set TIME: at expects a time"],
    [["clock", "advance", "5m", "--buckets"], "Unknown option '--buckets'"],
    [["scenario", "status", "a", "--rule", "b"], "scenario status does not accept --rule"],
    [["status", "importjob/1"], 'Did you mean "importJob"?'],
    [["wait", JOB, "--status", "COMPLETE"], 'Did you mean "COMPLETED"?'],
    [["wait", JOB, "--status", "FAILED", "--timeout", "1h"], "timeout expects at most 10 minutes"],
    [["wait", "importJob/*", "--status", "FAILED"], "wait RESOURCE: A status belongs to one resource"],
    [["status", "importJob/*"], "status RESOURCE: A status belongs to one resource"],
    [["push", "importJob/*", "FAILED"], "push RESOURCE: A status belongs to one resource"],
    [["release", "importJob/"], "release RESOURCE: "],
    [["status", "datastore/zz"], 'status RESOURCE: an id has 32 digits and small letters, got "zz"'],
    [["hold", "imageSet/1", "--status", "COPYING"], "hold RESOURCE: an id has 32 digits"],
    [
      ["scenario", "activate", "A B"],
      "scenario activate NAME: expected a name of letters, digits, - _ and .",
    ],
    [
      ["scenario", "activate", ""],
      "An argument is empty (healthimaging-local help scenario lists its flags)",
    ],
    [["scenario", "signal", "nightly", "A B"], "scenario signal SIGNAL: expected a name of letters, digits"],
    [["release", "importJobs/*"], 'Did you mean "importJob"?'],
    [
      ["requests", "--status", "99x"],
      '--status: status expects a value such as 404, 5xx or ThrottlingException, got "99x"',
    ],
    [
      ["requests", "calls", "--since", "garb"],
      "--since: since expects the seq of a request, or a time such as",
    ],
    [["requests", "--op", "GetImageFrames"], 'not an operation. Did you mean "GetImageFrame"?'],
    [["requests", "count", "--op", "NoSuch"], '--op: "NoSuch" is not an operation. Expected one of '],
    [["snapshot", "save", "a b"], "snapshot save NAME: the name of a snapshot expects up to 64 letters"],
    [
      ["snapshot", "import", PACKAGE, "--name", "a b"],
      "--name: the name of a snapshot expects up to 64 letters",
    ],
    [["snapshot", "export", "a", "/nonexist/x"], "does not exist"],
    [["snapshot", "export", "a", import.meta.dirname], "cannot be written: it is a folder"],
    [["push", JOB, "ACTIVE"], 'push: "ACTIVE" is not a status to put an importJob in'],
    [
      ["push", IMAGE_SET, "LOCKED"],
      '"LOCKED" is not a status to put an imageSet in. Expected one of CREATED',
    ],
    [
      ["push", JOB, "COMPLETED", "--message", "no"],
      "COMPLETED cannot have a message: only failures have one",
    ],
    [["push", JOB, "FAILED", "--message", "a;b"], "message expects 1 to 2,048 ASCII letters"],
    [["hold", "datastore/*", "--status", "CREATE"], "is not a status to hold a datastore in"],
    [["hold", JOB, "--status", "COMPLETED"], "Expected one of SUBMITTED, IN_PROGRESS"],
    [["durations", "jobInProgresMs=5"], 'Did you mean "jobInProgressMs"?'],
    [["durations", "jobInProgressMs=5y"], '"5y" is not a duration'],
    [["health", "--endpoint", "localhost:9"], "no emulator answers at http://localhost:9"],
    [["health", "--endpoint", "[::1]:9"], "no emulator answers at http://[::1]:9"],
    [["reset", "--account"], "(flags of reset"],
    [["reset", "--endpoint", "here"], "--endpoint expects a URL"],
    [["clock", "advance"], "clock expects now, freeze [TIME], advance DURATION"],
    [["clock", "now", "5m"], "clock now does not accept '5m': clock expects now"],
    [
      ["scenario", "load", PACKAGE, "--name", "a b"],
      "scenario load: expected a name of letters, digits, - _",
    ],
    [["scenario", "load"], "scenario load needs FILE: scenario expects list"],
    [
      ["scenario", "activate", "a", "--ttl", "soon"],
      '"soon" is not a duration, expected for example PT5M, PT1.5S, P1DT12H, 5m, 250ms',
    ],
    [["clock", "stop"], "clock expects now"],
    [["wait", JOB], "wait expects a resource and a status"],
    [["wait", "--status", "COMPLETED"], "wait expects a resource and a status"],
    [["push", JOB], "push expects a resource and a status"],
    [["hold", "--status", "CREATING"], "hold --status expects a resource"],
    [["status"], "status expects a resource"],
    [["release"], "release expects a resource"],
    [["durations", "jobInProgressMs"], "durations expects NAME=VALUE"],
    [["limits", "--throttling", "-1"], "--throttling"],
    [["limits", "--quotas", "absent.json"], "--quotas: expected a JSON file"],
    [["limits", "--deny", "nothing"], "--deny: deny expects actions"],
    [
      ["restart"],
      "unknown command restart. Expected one of serve, import, env, hosts, doctor, demo, health, clock",
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

  test.each([
    [404, "<!doctype html><p>not here</p>"],
    [200, "<!doctype html><p>hello</p>"],
    [200, '{"ok":true}'],
  ])("another program that answers %i %s is named, not quoted", async (status, body) => {
    const other = createServer((_, response) => void response.writeHead(status, { server: "web" }).end(body));
    await new Promise<void>((listening) => void other.listen(0, "127.0.0.1", listening));
    onTestFinished(() => void other.close());
    const endpoint = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    for (const command of [["report"], ["import", import.meta.dirname, "--datastore", "a"]])
      expect(await runHere([...command, "--endpoint", endpoint])).toEqual({
        code: 2,
        stdout: "",
        stderr: `healthimaging-local: another program answers at ${endpoint} (HTTP ${status} of web): name the address of the READY line with --endpoint\n`,
      });
  });
});
