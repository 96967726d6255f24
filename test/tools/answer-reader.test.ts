import { expect, test } from "vitest";
import { AnswerReader, type Answer } from "../../tools/bench/load/answer-reader.ts";

const WITH_LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\r\n200";
const CHUNKED =
  "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\nx: y\r\n\r\n4;a=b\r\n0\r\n\r\r\n3\r\nabc\r\n0\r\nend: 1\r\n\r\n";
const EMPTY = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
const OLD = "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx";
const ANSWERS = [WITH_LENGTH, CHUNKED, EMPTY, OLD];
const EXPECTED = [
  { status: 200, isLast: false },
  { status: 404, isLast: false },
  { status: 204, isLast: true },
  { status: 200, isLast: true },
];

test.each([1, 2, 3, 7, 1_000])("answers that arrive in pieces of %i bytes are separated", (size) => {
  const found: Answer[] = [];
  const reader = new AnswerReader((answer) => found.push(answer));
  const bytes = Buffer.from(ANSWERS.join(""), "latin1");
  for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
  expect(found).toEqual(EXPECTED);
});

test("an answer is reported only when all of it has arrived", () => {
  const found: Answer[] = [];
  const reader = new AnswerReader((answer) => found.push(answer));
  for (const answer of ANSWERS) {
    const count = found.length;
    reader.read(Buffer.from(answer.slice(0, -1), "latin1"));
    expect(found.length).toBe(count);
    reader.read(Buffer.from(answer.slice(-1), "latin1"));
    expect(found.length).toBe(count + 1);
  }
});
