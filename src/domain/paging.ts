import { createHash } from "node:crypto";
import { ServiceError } from "../api/errors.ts";

/** The position of an item in a listing: compared member by member; the last member is unique. */
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

/** Assumed: default-page-size. The maximum is also the default. */
const DEFAULT_MAX_RESULTS = 50;

/** The items after a position, or from the start, in order: `count` of them, or as many as exist. */
export type Source<T> = (after: Position | undefined, count: number) => Iterable<T>;

/**
 * Reads a page. Its token contains the position of the last item, so the next page begins after that
 * position: no item is lost or sent twice when items are added and removed between pages. An item that moves
 * past that position meanwhile is missed or sent again. The token also contains a fingerprint of the listing,
 * so it is not valid for another one.
 * @param listing what is listed: operation, caller's scope and criteria, as one string
 * Assumed: foreign-token. A token of another listing is a ValidationException.
 * @throws ServiceError ValidationException
 */
export function readPage<T>(
  source: Source<T>,
  positionOf: (item: T) => Position,
  listing: string,
  { maxResults = DEFAULT_MAX_RESULTS, nextToken }: PageRequest,
): Page<T> {
  const after = nextToken === undefined ? undefined : readToken(nextToken, listing);
  // One more than needed, to know whether there is a next page.
  const found = [...source(after, maxResults + 1)];
  const items = found.slice(0, maxResults);
  const last = items.at(-1);
  const isMore = found.length > items.length && last !== undefined;
  return { items, nextToken: isMore ? writeToken(positionOf(last), listing) : null };
}

/** As `readPage`, for short lists in any order. */
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
    // Base64 has many spellings, and decoders skip invalid characters: only the exact token is accepted.
    if (mark === fingerprint(position, listing) && token === writeToken(position, listing)) return position;
  } catch {
    // A malformed token is refused as one of another listing.
  }
  throw new ServiceError("ValidationException", "The nextToken is invalid for this request");
}

const fingerprint = (position: Position, listing: string): string =>
  createHash("sha256")
    .update(JSON.stringify([listing, position]))
    .digest("base64url")
    .slice(0, 16);
