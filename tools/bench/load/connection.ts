import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { AnswerReader } from "./answer-reader.ts";

/** Carries one request at a time, over one socket as long as the server keeps it open. */
export class Connection {
  readonly #url: URL;
  #socket: Socket | undefined;
  #settle: ((status: number | Error) => void) | undefined;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  async open(): Promise<Socket> {
    const socket = connect({ port: Number(this.#url.port), host: this.#url.hostname, noDelay: true });
    await once(socket, "connect");
    const reader = new AnswerReader(({ status, isLast }) => {
      if (isLast) this.close();
      this.#settle?.(status);
    });
    const fail = (error: Error): void => {
      if (this.#socket === socket) this.#settle?.(error);
    };
    socket.on("data", (bytes: Buffer) => reader.read(bytes));
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the connection ended before the answer")));
    return (this.#socket = socket);
  }

  /** @returns the status of the answer, once all of its bytes are there */
  async ask(request: Uint8Array): Promise<number> {
    const socket = this.#socket ?? (await this.open());
    return new Promise((resolve, reject) => {
      this.#settle = (status) => {
        this.#settle = undefined;
        if (typeof status === "number") resolve(status);
        else reject(status);
      };
      socket.write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
