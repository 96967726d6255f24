import { createHash } from "node:crypto";
import { ServiceError } from "../api/errors.ts";

/** Where an item stands in a listing: compared member by member, then unique by the last. */
export type Position = readonly (string | number)[];

export interface PageRequest {
  /** 1 to 50. */
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | null;
}

/** Assumed: the most that may be asked for is also what is sent unasked. */
const DEFAULT_MAX_RESULTS = 50;

/**
 * Cuts a page out of `items`, which need be in no order. The token holds the position of the last
 * item sent, so nothing is lost or sent twice when items come and go between pages, and a
 * fingerprint of the listing, so it serves no other.
 * @param listing what is listed: operation, caller's scope and criteria, as one string
 * @throws ServiceError ValidationException for a token that this listing did not hand out
 */
export function cutPage<T>(
  items: Iterable<T>,
  positionOf: (item: T) => Position,
  listing: string,
  { maxResults = DEFAULT_MAX_RESULTS, nextToken }: PageRequest,
): Page<T> {
  const after = nextToken === undefined ? undefined : readToken(nextToken, listing);
  const rest: { item: T; position: Position }[] = [];
  for (const item of items) {
    const position = positionOf(item);
    if (after === undefined || comparePositions(position, after) > 0) rest.push({ item, position });
  }
  rest.sort((a, b) => comparePositions(a.position, b.position));
  const page = rest.slice(0, maxResults);
  const last = page.at(-1);
  const isMore = rest.length > page.length && last !== undefined;
  return {
    items: page.map(({ item }) => item),
    nextToken: isMore ? writeToken(last.position, listing) : null,
  };
}

function comparePositions(a: Position, b: Position): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? "";
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function writeToken(position: Position, listing: string): string {
  return Buffer.from(JSON.stringify([fingerprint(position, listing), ...position])).toString("base64url");
}

function readToken(token: string, listing: string): Position {
  try {
    const [mark, ...position] = JSON.parse(Buffer.from(token, "base64url").toString()) as Position;
    if (mark === fingerprint(position, listing)) return position;
  } catch {
    // Not one of ours: refused like one of another listing.
  }
  throw new ServiceError("ValidationException", "The nextToken is invalid for this request");
}

const fingerprint = (position: Position, listing: string): string =>
  createHash("sha256")
    .update(JSON.stringify([listing, position]))
    .digest("base64url")
    .slice(0, 16);
