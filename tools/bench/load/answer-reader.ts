export interface Answer {
  readonly status: number;
  /** The server closes the connection after it. */
  readonly isLast: boolean;
}

type Part = "status" | "headers" | "body" | "chunk" | "trailer";

/**
 * Finds where HTTP/1.1 answers end in what a connection brings, and keeps no more of them than their status: less
 * work than node:http's client has, so that what measures is not what is measured. RFC 9112, 6.3 and 7.1.
 */
export class AnswerReader {
  readonly #onAnswer: (answer: Answer) => void;
  #part: Part = "status";
  #line = "";
  #status = 0;
  #isLast = false;
  #isChunked = false;
  #byteLength = 0;
  /** Bytes to pass over before the next line. */
  #left = 0;

  constructor(onAnswer: (answer: Answer) => void) {
    this.#onAnswer = onAnswer;
  }

  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, bytes.length - at);
        at += taken;
        this.#left -= taken;
        if (this.#left === 0 && this.#part === "body") this.#end();
        continue;
      }
      const end = bytes.indexOf("\n", at, "latin1");
      this.#line += bytes.toString("latin1", at, end < 0 ? bytes.length : end);
      if (end < 0) return;
      at = end + 1;
      const line = this.#line.trimEnd();
      this.#line = "";
      this.#readLine(line);
    }
  }

  #readLine(line: string): void {
    if (this.#part === "status") this.#begin(line);
    else if (this.#part === "headers") this.#readHeader(line);
    else if (this.#part === "chunk") this.#readChunkSize(line);
    else if (line === "") this.#end();
  }

  #begin(line: string): void {
    this.#status = Number(line.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
    this.#isLast = line.startsWith("HTTP/1.0");
    this.#isChunked = false;
    this.#byteLength = 0;
    this.#part = "headers";
  }

  #readHeader(line: string): void {
    if (line !== "") {
      const colon = line.indexOf(":");
      const value = line.slice(colon + 1).trim();
      const name = line.slice(0, colon).toLowerCase();
      if (name === "content-length") this.#byteLength = Number(value);
      else if (name === "transfer-encoding") this.#isChunked = value.toLowerCase().endsWith("chunked");
      else if (name === "connection") this.#isLast = value.toLowerCase() === "close";
    } else if (this.#isChunked) {
      this.#part = "chunk";
    } else if (this.#byteLength > 0) {
      this.#part = "body";
      this.#left = this.#byteLength;
    } else this.#end();
  }

  #readChunkSize(line: string): void {
    const size = Number.parseInt(line, 16);
    if (size === 0) this.#part = "trailer";
    else this.#left = size + "\r\n".length;
  }

  #end(): void {
    this.#part = "status";
    this.#onAnswer({ status: this.#status, isLast: this.#isLast });
  }
}
