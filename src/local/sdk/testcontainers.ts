import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Readable } from "node:stream";
import { AbstractStartedContainer, GenericContainer, Wait, type StartedTestContainer } from "testcontainers";
import type { ServiceReleaseName } from "../../api/releases/service-release.ts";
import type { ResetOptions, ResetReport } from "./control-operations.ts";
import type { FrameContainer } from "../../imaging/pixels/htj2k/frame-container.ts";
import { isScenarioFile } from "../scenarios/reading/scenario-name.ts";
import { clientConfig, type ClientConfig, type ClientConfigOptions } from "./client-config.ts";
import { ControlClient } from "./control-client.ts";
import { START_DEFAULTS } from "./start-defaults.ts";

// An optional peer dependency: npm may install another version beside this package.
if (typeof GenericContainer.prototype.withCopyDirectoriesToContainer !== "function")
  throw new Error("healthimaging-local/testcontainers expects testcontainers 10 or later");

type Testcontainers = typeof import("testcontainers");

/** Inside the container. */
const PORT = START_DEFAULTS.server.port;
const FIXTURES = "/opt/healthimaging-local/fixtures";
const SCENARIOS = "/opt/healthimaging-local/my-scenarios";
const READABLE_BY_ALL = 0o555;
/** Prefixes that AWS SDKs add to an endpoint's host for some operations. */
const PREFIXES = ["", "runtime-", "dicom-"];

const ALLOW_HOST = "HEALTHIMAGING_LOCAL_ALLOW_HOST";
const TLS_HOST = "HEALTHIMAGING_LOCAL_TLS_HOST";
/** Where the image keeps its CA. */
const CA = "/data/tls/ca.pem";

/** Lines of the container's log. */
const LINES_SHOWN = 5;

/**
 * The emulator in a container, without throttling by default: `await using emulator = await new
 * HealthImagingContainer("healthimaging-local").start()`. `start` resolves once the container prints READY.
 */
export class HealthImagingContainer extends GenericContainer {
  readonly #aliases: string[] = [];
  readonly #scenarios: string[] = [];
  /** The last lines of its log. */
  readonly #said: string[] = [];
  #isImageThere = false;
  #hasTls = false;

  /** @param image built with `docker build` from this project; no registry has one */
  constructor(image: string) {
    super(image);
    this.withExposedPorts(PORT)
      .withWaitStrategy(Wait.forLogMessage(/^READY /m))
      .withThrottling(START_DEFAULTS.testcontainers.throttling)
      .withLogConsumer(() => {});
  }

  /** @param mode `aws`, `off` or a multiple such as `10x` */
  withThrottling(mode: string): this {
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_THROTTLING: mode });
  }

  /**
   * Imports a folder of DICOM files before the container is ready, into a data store named `fixtures`.
   * @throws Error if it is not a folder
   */
  withFixtures(folder: string): this {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new Error(`${resolve(folder)} is not a folder`);
    return this.withCopyDirectoriesToContainer([
      { source: resolve(folder), target: FIXTURES, mode: READABLE_BY_ALL },
    ]).withEnvironment({ HEALTHIMAGING_LOCAL_SEED: FIXTURES });
  }

  /**
   * Loads and activates a scenario; may be called several times.
   * @param file of YAML or JSON, or the name of a preset: `import-partial`
   * @throws Error if the file does not exist
   */
  withScenario(file: string): this {
    if (!isScenarioFile(file)) return this.#activate(file);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
      throw new Error(`${resolve(file)} does not exist`);
    const target = `${SCENARIOS}/${this.#scenarios.length}-${basename(file)}`;
    return this.withCopyFilesToContainer([
      { source: resolve(file), target, mode: READABLE_BY_ALL },
    ]).#activate(target);
  }

  /** Seed for random decisions in scenarios. */
  withSeed(seed: number): this {
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_SCENARIO_SEED: String(seed) });
  }

  /** The release of AWS HealthImaging: `2024-05` (the default), `2026-06`, or `latest` for the newest. */
  withServiceRelease(release: ServiceReleaseName): this {
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_SERVICE_RELEASE: release });
  }

  /** Serves DICOMweb's reading with a release that does not have it yet, for viewers. */
  withDicomweb(): this {
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_DICOMWEB: "1" });
  }

  /** How GetImageFrame sends a frame: as `jph`, a file of boxes (the default), or as the `codestream` in it. */
  withFrameContainer(container: FrameContainer): this {
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_FRAME_CONTAINER: container });
  }

  /**
   * HTTPS in place of HTTP. The container has a CA of its own: `getClientConfig` and `control` trust it, other clients by
   * `getCaCertificate`.
   * @param hosts names and addresses by which clients call it, besides those of this machine, of AWS and its aliases
   */
  withTls(...hosts: string[]): this {
    this.#hasTls = true;
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_TLS: "1" }).#addHosts(TLS_HOST, hosts);
  }

  /** Names on the container's network; each also gets its `runtime-` and `dicom-` names. */
  override withNetworkAliases(...aliases: string[]): this {
    this.#aliases.push(...aliases);
    return super.withNetworkAliases(...aliases.flatMap((alias) => PREFIXES.map((prefix) => prefix + alias)));
  }

  override withLogConsumer(consume: (log: Readable) => unknown): this {
    return super.withLogConsumer((log) => {
      log.on("data", (line) => {
        this.#said.push(String(line).trimEnd());
        this.#said.splice(0, this.#said.length - LINES_SHOWN);
      });
      consume(log);
    });
  }

  override async start(): Promise<StartedHealthImagingContainer> {
    try {
      const started = await super.start();
      const ca = this.#hasTls ? await readCa(started) : undefined;
      return new StartedHealthImagingContainer(started, [...this.#aliases], ca);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  protected override async beforeContainerCreated(): Promise<void> {
    this.#isImageThere = true;
    const host = await runtimeHost();
    this.#addHosts(ALLOW_HOST, [host, ...this.#aliases]);
    // It may be an address, which a client does not name when it asks for a certificate.
    if (this.#hasTls) this.#addHosts(TLS_HOST, [host]);
  }

  /** In addition to the hosts that the user gives by the variable. */
  #addHosts(variable: string, names: readonly string[]): this {
    const { [variable]: given = "" } = this.environment;
    return this.withEnvironment({ [variable]: [...given.split(","), ...names].filter(Boolean).join(",") });
  }

  #activate(scenario: string): this {
    this.#scenarios.push(scenario);
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_SCENARIO: this.#scenarios.join(",") });
  }

  /** The container's last log lines, or that its image does not exist. */
  #explain(cause: unknown): unknown {
    if (!(cause instanceof Error)) return cause;
    const said = this.#said.join("\n");
    if (said !== "") return new Error(`the container is not ready: ${said} (${cause.message})`, { cause });
    if (!("statusCode" in cause)) return cause;
    if (this.#isImageThere) return REGISTRY.test(cause.message) ? withoutHelper(cause) : cause;
    const { string: image } = this.imageName;
    return new Error(
      `no image is named ${image}, here or in a registry: build it with docker build -t ${image} . (${cause.message})`,
      { cause },
    );
  }
}

/**
 * The host of containers for clients on this machine: `localhost`, or the host of DOCKER_HOST. Empty before
 * testcontainers 10.3.
 */
async function runtimeHost(): Promise<string> {
  const { getContainerRuntimeClient }: Partial<Testcontainers> = await import("testcontainers");
  return (await getContainerRuntimeClient?.())?.info.containerRuntime.host ?? "";
}

/** Of a container that is ready, and so has one. */
async function readCa(container: StartedTestContainer): Promise<string> {
  const program = `process.stdout.write(require("node:fs").readFileSync(${JSON.stringify(CA)}))`;
  const { stdout, stderr, exitCode } = await container.exec(["node", "-e", program]);
  if (exitCode === 0) return stdout;
  throw new Error(`the container's CA cannot be read: ${stderr}`);
}

const REGISTRY = /\/v2\/|ryuk/i;

/** The image exists, so the registry was asked for the image that removes containers afterwards. */
const withoutHelper = (cause: Error): Error =>
  new Error(
    `testcontainers cannot pull its helper image Ryuk: set TESTCONTAINERS_RYUK_DISABLED=true (${cause.message})`,
    { cause },
  );

export class StartedHealthImagingContainer extends AbstractStartedContainer {
  readonly #aliases: readonly string[];
  readonly #ca: string | undefined;
  #control: { readonly endpoint: string; readonly client: ControlClient } | undefined;

  /** @param ca of HTTPS, in PEM */
  constructor(started: StartedTestContainer, aliases: readonly string[], ca?: string) {
    super(started);
    this.#aliases = aliases;
    this.#ca = ca;
  }

  /** For clients on this machine: `http://localhost:32768`, `https://localhost:32768` with TLS. */
  getEndpoint(): string {
    return `${this.#scheme}://${this.getHost()}:${this.getMappedPort(PORT)}`;
  }

  /**
   * In PEM: for files of other containers, and for agents of other clients.
   * @throws Error without TLS
   */
  getCaCertificate(): string {
    if (this.#ca !== undefined) return this.#ca;
    throw new Error("the container speaks plain HTTP, and so has no CA: withTls()");
  }

  /** Its `/_local` API: import, limits, clock ... */
  get control(): ControlClient {
    const endpoint = this.getEndpoint();
    // A restart may change the port.
    if (this.#control?.endpoint !== endpoint)
      this.#control = { endpoint, client: new ControlClient(endpoint, { ca: this.#ca }) };
    return this.#control.client;
  }

  /** Resets everything, or one account. */
  reset(options?: ResetOptions): Promise<ResetReport> {
    return this.control.reset(options);
  }

  /** For any client of the AWS SDK for JavaScript on this machine. */
  getClientConfig(options?: ClientConfigOptions): ClientConfig {
    return clientConfig(this.getEndpoint(), { ca: this.#ca, ...options });
  }

  /**
   * For clients in other containers of the network, of any SDK and without other settings.
   * @param alias one of withNetworkAliases; by default the first
   */
  getNetworkEndpoint(alias = this.#aliases[0]): string {
    if (alias !== undefined && this.#aliases.includes(alias)) return `${this.#scheme}://${alias}:${PORT}`;
    const known = this.#aliases.length === 0 ? "it has none" : `it has ${this.#aliases.join(", ")}`;
    throw new Error(`the container has no network alias ${alias ?? ""}: ${known} (withNetworkAliases)`);
  }

  get #scheme(): string {
    return this.#ca === undefined ? "http" : "https";
  }
}
