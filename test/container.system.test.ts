import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import {
  CreateDatastoreCommand,
  ListDatastoresCommand,
  MedicalImagingClient,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { GenericContainer, Network, Wait } from "testcontainers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMetadata } from "../src/local/sdk/import/describe-image-set.ts";
import { LocalApi } from "../src/local/sdk/local-api.ts";
import { createSampleSeries } from "../src/local/sdk/import/sample-series.ts";
import { HealthImagingContainer } from "../src/testcontainers.ts";
import { readDocuments, switchedBack, withCode } from "./documents.ts";
import { scaled } from "./setup/timeouts.ts";
import { until } from "./until.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** Of this run alone: two of them at a time do not test each other's. */
const IMAGE = `healthimaging-local:test-${process.pid}`;
const BASE = /^ARG BASE_IMAGE=(.+)$/m.exec(await readFile(join(ROOT, "Dockerfile"), "utf8"))?.[1] ?? "";
const MAX_LAYERS_BYTES = 40_000_000;

const isBaseThere = spawnSync("docker", ["image", "inspect", BASE]).status === 0;
if (!isBaseThere) process.stderr.write(`SKIPPED: containers; start Docker and give it the image ${BASE}\n`);
// Its image comes from a registry, which need not be there.
process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";

const docker = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("docker", args, { maxBuffer: 2 ** 26 })).stdout.trim();

/** As docs/guide/containers.md recommends. */
const LOCKED_DOWN = "--read-only --cap-drop ALL --security-opt no-new-privileges";

/** Runs where the emulator is known by an alias only. */
const PROGRAM = `
import { ListDatastoresCommand, MedicalImagingClient, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
const client = new MedicalImagingClient({});
const { datastoreSummaries } = await client.send(new ListDatastoresCommand({}));
const { datastoreId, datastoreName } = datastoreSummaries[0];
const { imageSetsMetadataSummaries } = await client.send(new SearchImageSetsCommand({ datastoreId }));
console.log("found", datastoreName, imageSetsMetadataSummaries.length);
`;

describe.skipIf(!isBaseThere)("the container", () => {
  let fixtures: string;
  beforeAll(async () => {
    const proxies = ["http_proxy", "https_proxy", "no_proxy"].flatMap((name) => ["--build-arg", name]);
    await docker("build", "--network", "host", ...proxies, "-t", IMAGE, ROOT);
    fixtures = await mkdtemp(join(tmpdir(), "healthimaging-local-fixtures-"));
    // The user of the image is not that of the test.
    await chmod(fixtures, 0o755);
    for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(fixtures, name), bytes);
  }, scaled(600_000));
  afterAll(async () => {
    await rm(fixtures, { recursive: true, force: true });
    await docker("image", "rm", "--force", IMAGE);
  });

  test("is ready with its fixtures, and answers a client on this machine", async () => {
    await using emulator = await new HealthImagingContainer(IMAGE).withFixtures(fixtures).start();
    const client = new MedicalImagingClient(emulator.getClientConfig());
    const { datastoreSummaries = [] } = await client.send(new ListDatastoresCommand({}));
    expect(datastoreSummaries).toMatchObject([{ datastoreName: "fixtures", datastoreStatus: "ACTIVE" }]);
    const { datastoreId } = datastoreSummaries[0] ?? {};
    const { imageSetsMetadataSummaries } = await client.send(new SearchImageSetsCommand({ datastoreId }));
    expect(imageSetsMetadataSummaries).toHaveLength(1);
  });

  test.each(withCode(readDocuments(), "// container.test.ts"))(
    "runs the README's code unchanged (of $version)",
    async (edition) => {
      const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-readme-"));
      const write = (name: string, code: string): Promise<void> => writeFile(join(folder, name), code);
      try {
        const code = edition.run("// container.test.ts");
        expect(edition.notRun(import.meta.filename)).toEqual([]);
        await write(
          "container.test.ts",
          (edition.version === "today" ? code : switchedBack(code))
            .replace(
              '"healthimaging-local/testcontainers"',
              JSON.stringify(join(ROOT, "src/testcontainers.ts")),
            )
            .replace('"healthimaging-local"', JSON.stringify(IMAGE)),
        );
        await write("first-frame.ts", edition.run("// first-frame.ts"));
        await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
        await symlink(fixtures, join(folder, "my-dicom"));
        const args = [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--reporter=tap-flat"];
        const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
        expect(stdout.match(/^(not )?ok\b/gm)).toEqual(["ok"]);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );

  test("gives a control client, which resets it", async () => {
    await using emulator = await new HealthImagingContainer(IMAGE).start();
    await emulator.control.importFolder(fixtures, { datastore: "gone-soon" });
    expect(await emulator.control.health()).toMatchObject({ status: "ok" });
    expect(await emulator.reset()).toEqual({ epoch: 1, cancelledJobs: 0 });
    const client = new MedicalImagingClient(emulator.getClientConfig());
    expect((await client.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
  });

  test("does not throttle by default", async () => {
    const create = async (mode?: string): Promise<unknown> => {
      const container = new HealthImagingContainer(IMAGE);
      await using emulator = await (mode === undefined ? container : container.withThrottling(mode)).start();
      const client = new MedicalImagingClient({ ...emulator.getClientConfig(), maxAttempts: 1 });
      await client.send(new CreateDatastoreCommand({ datastoreName: "first" }));
      const second = client.send(new CreateDatastoreCommand({ datastoreName: "second" }));
      return await second.then(
        () => "created",
        (error: Error) => error.name,
      );
    };
    expect(await create()).toBe("created");
    expect(await create("aws")).toBe("ThrottlingException");
  });

  test("is reached by its network aliases from another container, without special settings", async () => {
    await using network = await new Network().start();
    await using emulator = await new HealthImagingContainer(IMAGE)
      .withNetwork(network)
      .withNetworkAliases("imaging", "imaging.shop.example")
      .withFixtures(fixtures)
      .start();
    const endpoint = emulator.getNetworkEndpoint("imaging.shop.example");
    await using app = await new GenericContainer(BASE)
      .withNetwork(network)
      .withBindMounts([{ source: join(ROOT, "node_modules"), target: "/app/node_modules", mode: "ro" }])
      .withCopyContentToContainer([{ content: PROGRAM, target: "/app/main.mjs" }])
      .withEnvironment({
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      })
      .withCommand(["node", "/app/main.mjs"])
      .withWaitStrategy(Wait.forOneShotStartup())
      .start();
    expect(await text(await app.logs())).toContain("found fixtures 1");
    expect(() => emulator.getNetworkEndpoint("other")).toThrow("it has imaging, imaging.shop.example");
  });

  test("speaks HTTPS, which its clients, its control client and a container of its network trust", async () => {
    await using network = await new Network().start();
    await using emulator = await new HealthImagingContainer(IMAGE)
      .withTls("192.0.2.1")
      .withNetwork(network)
      .withNetworkAliases("imaging")
      .withFixtures(fixtures)
      .start();
    expect(emulator.getEndpoint()).toMatch(/^https:/);
    expect(await emulator.control.health()).toMatchObject({ status: "ok" });
    const client = new MedicalImagingClient(emulator.getClientConfig());
    const { datastoreSummaries } = await client.send(new ListDatastoresCommand({}));
    expect(datastoreSummaries).toMatchObject([{ datastoreName: "fixtures" }]);
    await using app = await new GenericContainer(BASE)
      .withNetwork(network)
      .withBindMounts([{ source: join(ROOT, "node_modules"), target: "/app/node_modules", mode: "ro" }])
      .withCopyContentToContainer([
        { content: PROGRAM, target: "/app/main.mjs" },
        { content: emulator.getCaCertificate(), target: "/ca.pem" },
      ])
      .withEnvironment({
        NODE_EXTRA_CA_CERTS: "/ca.pem",
        AWS_ENDPOINT_URL: emulator.getNetworkEndpoint("imaging"),
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      })
      .withCommand(["node", "/app/main.mjs"])
      .withWaitStrategy(Wait.forOneShotStartup())
      .start();
    expect(await text(await app.logs())).toContain("found fixtures 1");
    const probe = await docker("inspect", "--format", "{{json .Config.Healthcheck.Test}}", IMAGE);
    const [, ...command] = JSON.parse(probe) as string[];
    expect((await emulator.exec(command)).exitCode).toBe(0);
    expect(await emulator.exec(["stat", "-c", "%a", "/data/tls/ca-key.pem"])).toMatchObject({
      stdout: "600\n",
    });
    // The same CA.
    await emulator.restart();
    await until(
      () => emulator.control.health().catch(() => undefined),
      (health) => health?.status === "ok",
    );
  });

  test("serves with a read-only root file system and not as root, and keeps its volume over a restart", async () => {
    const name = `healthimaging-local-${process.pid}`;
    await docker("run", "-d", "--name", name, "--read-only", "-p", "127.0.0.1:0:4464", "-v", "/data", IMAGE);
    try {
      const ready = async (): Promise<MedicalImagingClient> => {
        const started = await docker("inspect", "--format", "{{.State.StartedAt}}", name);
        await until(
          () => docker("logs", "--since", started, name),
          (log) => log.includes("READY "),
        );
        const address = await docker("port", name, "4464/tcp");
        const credentials = { accessKeyId: "test", secretAccessKey: "test" };
        return new MedicalImagingClient({
          endpoint: `http://${address}`,
          region: "us-east-1",
          credentials,
          disableHostPrefix: true,
        });
      };
      const { datastoreId } = await (
        await ready()
      ).send(new CreateDatastoreCommand({ datastoreName: "kept" }));
      expect(await docker("exec", name, "node", "--print", "process.getuid()")).toBe("65532");
      await docker("restart", name);
      const { datastoreSummaries } = await (await ready()).send(new ListDatastoresCommand({}));
      expect(datastoreSummaries?.map((summary) => summary.datastoreId)).toEqual([datastoreId]);
    } finally {
      await docker("rm", "--force", "--volumes", name);
    }
  });

  test("starts with a scenario of the package, given by name", async () => {
    await using emulator = await new HealthImagingContainer(IMAGE).withScenario("import-partial").start();
    expect(await emulator.control.scenarios.status("import-partial")).toMatchObject({ status: "active" });
  });

  test("sends frames in the container format of its setting", async () => {
    await using emulator = await new HealthImagingContainer(IMAGE).withFrameContainer("codestream").start();
    const { datastoreId, imageSets } = await emulator.control.importFolder(fixtures);
    const api = new LocalApi({ endpoint: emulator.getEndpoint(), accessKeyId: "test", region: "us-east-1" });
    const imageSetId = imageSets[0]?.imageSetId ?? "";
    const { Study } = await readMetadata(api, datastoreId, imageSetId);
    const [imageFrameId] = Object.values(Study.Series)
      .flatMap(({ Instances }) => Object.values(Instances))
      .flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID));
    const path = `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageFrame`;
    const frame = await api.bytes("POST", path, { imageFrameId });
    api.close();
    expect(frame.toString("hex", 0, 4)).toBe("ff4fff51");
  });

  test("says why it does not start, also when the user reads its log", async () => {
    const log: string[] = [];
    const container = new HealthImagingContainer(IMAGE)
      .withThrottling("much")
      .withLogConsumer((lines) => lines.on("data", (line) => log.push(String(line))));
    await expect(container.start()).rejects.toThrow(/not ready: healthimaging-local: --throttling.*'much'/);
    expect(log.join("")).toContain("--throttling");
    await expect(new HealthImagingContainer("no-such-image").start()).rejects.toThrow(
      "build it with docker build -t no-such-image:latest .",
    );
  });

  // In a process of its own: testcontainers looks for its helper once.
  test("says what to do when the helper image of testcontainers cannot be pulled", async () => {
    const entry = new URL("../src/testcontainers.ts", import.meta.url).href;
    const script = `
      import { HealthImagingContainer } from ${JSON.stringify(entry)};
      const started = new HealthImagingContainer(${JSON.stringify(IMAGE)}).start();
      console.log(await started.then((container) => container.stop(), ({ message }) => message));
    `;
    const { TESTCONTAINERS_RYUK_DISABLED: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      env: { ...env, RYUK_CONTAINER_IMAGE: "localhost:1/ryuk:none" },
    });
    expect(stdout).toContain("set TESTCONTAINERS_RYUK_DISABLED=true");
  });

  test("names missing files at once", () => {
    const container = new HealthImagingContainer(IMAGE);
    expect(() => container.withFixtures(join(fixtures, "nowhere"))).toThrow(/nowhere is not a folder$/);
    expect(() => container.withFixtures(join(ROOT, "README.md"))).toThrow(/README.md is not a folder$/);
    expect(() => container.withScenario("./nowhere.yaml")).toThrow(/^.*nowhere.yaml does not exist$/);
  });

  test.each([
    "--user 12345",
    "--user 12345 --cap-drop ALL --network none",
    `${LOCKED_DOWN} --tmpfs /data`,
    `${LOCKED_DOWN} -v /data`,
  ])("finds its data folder writable with %s", async (settings) => {
    const name = `healthimaging-local-${process.pid}-any`;
    try {
      await docker("run", "-d", "--name", name, ...settings.split(" "), IMAGE);
      await until(
        async () => {
          expect(await docker("inspect", "--format", "{{.State.Running}}", name)).toBe("true");
          return docker("logs", name);
        },
        (log) => log.includes("READY "),
      );
    } finally {
      await docker("rm", "--force", "--volumes", name);
    }
  });

  test("imports and is healthy without any right that it does not need", async () => {
    const name = `healthimaging-local-${process.pid}-locked`;
    const folder = ["-v", `${fixtures}:/fixtures:ro`, "--tmpfs", "/data"];
    try {
      await docker("run", "-d", "--name", name, ...LOCKED_DOWN.split(" "), ...folder, IMAGE);
      const status = (): Promise<string> => docker("inspect", "--format", "{{.State.Health.Status}}", name);
      await until(status, (found) => found === "healthy");
      const imported = await docker(
        "exec",
        name,
        "healthimaging-local",
        "import",
        "/fixtures",
        "--datastore",
        "demo",
      );
      expect(imported).toMatch(/ COMPLETED\nimage sets  1$/m);
    } finally {
      await docker("rm", "--force", "--volumes", name);
    }
  });

  test("is healthy on another port, with HTTPS, by arguments", async () => {
    const name = `healthimaging-local-${process.pid}-arguments`;
    const args = ["--read-only", "--init", "--tmpfs", "/data"];
    try {
      await docker("run", "-d", "--name", name, ...args, IMAGE, "--port", "5000", "--tls");
      await until(
        () => docker("inspect", "--format", "{{.State.Health.Status}}", name),
        (found) => found === "healthy",
      );
    } finally {
      await docker("rm", "--force", "--volumes", name);
    }
  });

  test("is unhealthy in half a minute where it does not answer", async () => {
    const { Healthcheck } = JSON.parse(
      await docker("image", "inspect", "--format", "{{json .Config}}", IMAGE),
    ) as { Healthcheck: { Test: string[]; Interval: number; Timeout: number; Retries: number } };
    const { Test, Interval, Timeout, Retries } = Healthcheck;
    expect({ Interval, Timeout, Retries }).toEqual({ Interval: 5e9, Timeout: 3e9, Retries: 6 });
    const check = docker(
      "run",
      "--rm",
      "--network",
      "none",
      "--entrypoint",
      Test[1] ?? "",
      IMAGE,
      Test[2] ?? "",
    );
    await expect(check).rejects.toMatchObject({ code: 1 });
  });

  test("has labels of the Open Container Initiative", async () => {
    const labels = await docker("image", "inspect", "--format", "{{json .Config.Labels}}", IMAGE);
    const { license } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { license: string };
    expect(JSON.parse(labels)).toMatchObject({
      "org.opencontainers.image.title": "healthimaging-local",
      "org.opencontainers.image.licenses": license,
      "org.opencontainers.image.base.name": BASE,
    });
  });

  test("has the SBOM of its bundle, where scanners look for one", async () => {
    const path = "/opt/healthimaging-local/dist/sbom.cdx.json";
    const bom = await docker("run", "--rm", "--entrypoint", "cat", IMAGE, path);
    const { components } = JSON.parse(bom) as { components: { purl: string }[] };
    const purls = components.map(({ purl }) => purl).join(" ");
    expect(purls).toMatch(/pkg:npm\/express@5.*pkg:npm\/lowdb@/);
    expect(purls).toContain("pkg:npm/%40cornerstonejs/codec-openjph@");
  });

  test("has the licences of what it adds to its base image", async () => {
    const path = "/opt/healthimaging-local/dist/THIRD-PARTY-NOTICES.txt";
    const notices = await docker("run", "--rm", "--entrypoint", "cat", IMAGE, path);
    expect(notices).toMatch(/^express 5\.[\d.]+ \(MIT\)$/m);
    expect(notices).toContain("Kakadu Software Pty Ltd");
    expect(notices).toContain("/usr/share/doc/*/copyright");
  });

  test.each(["LICENSE", "NOTICE"])("has the package's %s", async (name) => {
    const path = `/opt/healthimaging-local/${name}`;
    const content = await docker("run", "--rm", "--entrypoint", "cat", IMAGE, path);
    expect(content).toBe((await readFile(join(ROOT, name), "utf8")).trim());
  });

  test("adds at most 40 MB to its base", async () => {
    const sizeOf = async (image: string): Promise<number> =>
      Number(await docker("image", "inspect", "--format", "{{.Size}}", image));
    expect((await sizeOf(IMAGE)) - (await sizeOf(BASE))).toBeLessThan(MAX_LAYERS_BYTES);
  });
});
