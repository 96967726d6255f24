import type { RequestHandler } from "./request-handler.ts";

/** The parts of `mockClient`'s result (aws-sdk-client-mock) that are used here. */
export interface MockedSend {
  readonly send: {
    readonly callsFake: (fake: never) => unknown;
    /** The method that the mock replaced. */
    readonly wrappedMethod: (...args: never[]) => unknown;
  };
}

interface MockedClient {
  readonly constructor: new (config: object) => object;
  readonly config: { readonly region?: unknown; readonly maxAttempts?: unknown };
}

export interface WithEmulatorOptions {
  /** The access key of every call: twelve digits are a separate account. */
  readonly accessKeyId?: string;
}

/**
 * Connects a mocked client to an emulator, so that calls without a stub are answered as AWS would: `const
 * mock = withEmulator(mockClient(MedicalImagingClient), emulator)`. Stubs that are added after this call
 * (`mock.on(GetImageFrameCommand).rejects(...)`) take precedence; `mock.reset()` also removes the emulator.
 * Clients need no credentials and no region.
 * @param mock of `mockClient`: of a class or of one client, of HealthImaging or of S3
 */
export function withEmulator<M extends object>(
  mock: M & MockedSend,
  { requestHandler }: { readonly requestHandler: RequestHandler },
  { accessKeyId = "test" }: WithEmulatorOptions = {},
): M {
  const clients = new WeakMap<MockedClient, object>();
  const open = async (mocked: MockedClient): Promise<object> => {
    const { region, maxAttempts } = mocked.config;
    return new mocked.constructor({
      requestHandler,
      region: await regionOf(region),
      maxAttempts,
      credentials: { accessKeyId, secretAccessKey: "test" },
      forcePathStyle: true,
    });
  };
  const { wrappedMethod, callsFake } = mock.send;
  const send = async function (this: MockedClient, ...args: unknown[]): Promise<unknown> {
    const client = clients.get(this) ?? (await open(this));
    clients.set(this, client);
    return Reflect.apply(wrappedMethod, client, args);
  };
  Reflect.apply(callsFake, mock.send, [send]);
  return mock;
}

/** The client's region if it has one. */
async function regionOf(region: unknown): Promise<string> {
  try {
    const resolved: unknown = typeof region === "function" ? await region() : region;
    return typeof resolved === "string" ? resolved : "us-east-1";
  } catch {
    return "us-east-1";
  }
}
