import type { RequestHandler } from "./request-handler.ts";

/** The parts of `mockClient`'s result (aws-sdk-client-mock) that are used here. */
interface Mock {
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
  /** The access key of every call: twelve digits are an account of their own. */
  readonly accessKeyId?: string;
}

/**
 * Puts an emulator behind a mocked client, so that what is not stubbed is answered as AWS would:
 * `const mock = withEmulator(mockClient(MedicalImagingClient), emulator)`. What is stubbed after this
 * call (`mock.on(GetImageFrameCommand).rejects(...)`) is answered by its stub; `mock.reset()` takes
 * the emulator away too. Clients need no credentials and no region.
 * @param mock of `mockClient`: of a class or of one client, of HealthImaging or of S3
 */
export function withEmulator<M extends object>(
  mock: M & Mock,
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

/** That of the client where it has one. */
async function regionOf(region: unknown): Promise<string> {
  try {
    const resolved: unknown = typeof region === "function" ? await region() : region;
    return typeof resolved === "string" ? resolved : "us-east-1";
  } catch {
    return "us-east-1";
  }
}
