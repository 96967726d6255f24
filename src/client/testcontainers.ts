import { basename, resolve } from "node:path";
import { AbstractStartedContainer, GenericContainer, Wait, type StartedTestContainer } from "testcontainers";
import type { ResetOptions, ResetReport } from "../domain/reset.ts";
import { clientConfig, type ClientConfig, type ClientConfigOptions } from "./client-config.ts";
import { ControlClient } from "./control-client.ts";

/** Inside the container. */
const PORT = 4464;
const FIXTURES = "/opt/healthimaging-local/fixtures";
const SCENARIOS = "/opt/healthimaging-local/my-scenarios";
const READABLE_BY_ALL = 0o555;
/** What AWS SDKs put before the host of an endpoint for some operations. */
const PREFIXES = ["", "runtime-", "dicom-"];

/**
 * The emulator in a container, without throttling unless that is asked for:
 * `await using emulator = await new HealthImagingContainer("healthimaging-local").start()`.
 * It is ready when it prints READY, which is what `start` waits for.
 */
export class HealthImagingContainer extends GenericContainer {
  readonly #aliases: string[] = [];
  readonly #scenarios: string[] = [];

  /** @param image that `docker build` of this project made; no registry has one */
  constructor(image: string) {
    super(image);
    this.withExposedPorts(PORT)
      .withWaitStrategy(Wait.forLogMessage(/^READY /m))
      .withThrottling("off");
  }

  /** @param mode `aws`, `off` or a multiple such as `10x` */
  withThrottling(mode: string): this {
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_THROTTLING: mode });
  }

  /** Imports a folder of DICOM files before the container is ready, into a data store of the name `fixtures`. */
  withFixtures(folder: string): this {
    return this.withCopyDirectoriesToContainer([
      { source: resolve(folder), target: FIXTURES, mode: READABLE_BY_ALL },
    ]).withEnvironment({ HEALTHIMAGING_LOCAL_SEED: FIXTURES });
  }

  /** Loads and activates a scenario; call it again for more. */
  withScenario(file: string): this {
    const target = `${SCENARIOS}/${this.#scenarios.length}-${basename(file)}`;
    this.#scenarios.push(target);
    return this.withCopyFilesToContainer([
      { source: resolve(file), target, mode: READABLE_BY_ALL },
    ]).withEnvironment({ HEALTHIMAGING_LOCAL_SCENARIO: this.#scenarios.join(",") });
  }

  /** What the draws of scenarios follow from. */
  withSeed(seed: number): this {
    return this.withEnvironment({ HEALTHIMAGING_LOCAL_SCENARIO_SEED: String(seed) });
  }

  /** Names on the container's network; `runtime-` and `dicom-` names go with each. */
  override withNetworkAliases(...aliases: string[]): this {
    this.#aliases.push(...aliases);
    return super.withNetworkAliases(...aliases.flatMap((alias) => PREFIXES.map((prefix) => prefix + alias)));
  }

  override async start(): Promise<StartedHealthImagingContainer> {
    return new StartedHealthImagingContainer(await super.start(), [...this.#aliases]);
  }
}

export class StartedHealthImagingContainer extends AbstractStartedContainer {
  readonly #aliases: readonly string[];
  #control: { readonly endpoint: string; readonly client: ControlClient } | undefined;

  constructor(started: StartedTestContainer, aliases: readonly string[]) {
    super(started);
    this.#aliases = aliases;
  }

  /** For clients on this machine: `http://localhost:32768`. */
  getEndpoint(): string {
    return `http://${this.getHost()}:${this.getMappedPort(PORT)}`;
  }

  /** Everything under `/_local`: an import, limits, clock ... */
  get control(): ControlClient {
    const endpoint = this.getEndpoint();
    // A restart may change the port.
    if (this.#control?.endpoint !== endpoint)
      this.#control = { endpoint, client: new ControlClient(endpoint) };
    return this.#control.client;
  }

  /** Takes everything back to the start, or what belongs to one account. */
  reset(options?: ResetOptions): Promise<ResetReport> {
    return this.control.reset(options);
  }

  /** For any client of the AWS SDK for JavaScript on this machine. */
  getClientConfig(options?: ClientConfigOptions): ClientConfig {
    return clientConfig(this.getEndpoint(), options);
  }

  /**
   * For clients in other containers of the network, of any SDK and without any other setting.
   * @param alias one of withNetworkAliases; the first where left out
   */
  getNetworkEndpoint(alias = this.#aliases[0]): string {
    if (alias !== undefined && this.#aliases.includes(alias)) return `http://${alias}:${PORT}`;
    const known = this.#aliases.length === 0 ? "it has none" : `it has ${this.#aliases.join(", ")}`;
    throw new Error(`the container has no network alias ${alias ?? ""}: ${known} (withNetworkAliases)`);
  }
}
