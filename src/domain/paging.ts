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

/** Assumed: default-page-size. The most that may be asked for is also what is sent unasked. */
const DEFAULT_MAX_RESULTS = 50;

/** The items after a position, or from the start, in order: `count` of them, or as many as exist. */
export type Source<T> = (after: Position | undefined, count: number) => Iterable<T>;

/**
 * Reads a page. Its token holds the position of the last item sent, so the next page is what stands
 * behind that when it is asked for: nothing is lost or sent twice when items come and go between pages.
 * An item that itself moves past that position meanwhile is missed, or comes again where it now stands.
 * The token also holds a fingerprint of the listing, so it serves no other.
 * @param listing what is listed: operation, caller's scope and criteria, as one string
 * Assumed: foreign-token. A token that this listing did not hand out is a ValidationException.
 * @throws ServiceError ValidationException
 */
export function readPage<T>(
  source: Source<T>,
  positionOf: (item: T) => Position,
  listing: string,
  { maxResults = DEFAULT_MAX_RESULTS, nextToken }: PageRequest,
): Page<T> {
  const after = nextToken === undefined ? undefined : readToken(nextToken, listing);
  // One more than is sent tells whether there is more.
  const found = [...source(after, maxResults + 1)];
  const items = found.slice(0, maxResults);
  const last = items.at(-1);
  const isMore = found.length > items.length && last !== undefined;
  return { items, nextToken: isMore ? writeToken(positionOf(last), listing) : null };
}

/** As `readPage`, of items in no order: for lists that are short. */
export function cutPage<T>(
  items: Iterable<T>,
  positionOf: (item: T) => Position,
  listing: string,
  page: PageRequest,
): Page<T> {
  const source: Source<T> = (after, count) => {
    const placed = Array.from(items, (item) => ({ item, position: positionOf(item) }));
    const rest = placed.filter(
      ({ position }) => after === undefined || comparePositions(position, after) > 0,
    );
    rest.sort((a, b) => comparePositions(a.position, b.position));
    return rest.slice(0, count).map(({ item }) => item);
  };
  return readPage(source, positionOf, listing, page);
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
    // Base64 has many spellings, and decoders skip invalid characters: only the token as sent is accepted.
    if (mark === fingerprint(position, listing) && token === writeToken(position, listing)) return position;
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
