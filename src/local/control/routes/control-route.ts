import * as z from "zod/mini";
import type { LocalErrorCode } from "../../../api/local-errors.ts";
import type { Command } from "./command.ts";

/** Published properties of a schema besides its form. */
export interface Published {
  /** Its name in the OpenAPI document and among the client's types. */
  readonly id?: string;
  readonly description?: string;
  /** The client's type, if it is narrower than the form. */
  readonly "x-type"?: string;
  /** The published name of a record's keys. */
  readonly "x-keys"?: string;
  /** The record has every key of `x-keys`. */
  readonly "x-all-keys"?: true;
}

/** Every schema with a name or a description. */
export const SHAPES = z.registry<Published>();

/** How a route reads its body. */
export type Body =
  /** An object. */
  | { readonly kind: "json"; readonly schema: z.ZodMiniType }
  /** An object whose names are checked here; the handler checks the values by the rules of options. */
  | { readonly kind: "names"; readonly schema: z.ZodMiniType }
  /** YAML or JSON, read by the handler. */
  | { readonly kind: "scenario" }
  /** As JSON, read by the handler, which reports all problems at once. */
  | { readonly kind: "checked"; readonly schema: z.ZodMiniType }
  /** A file, streamed to the handler. */
  | { readonly kind: "file"; readonly media: string };

/** Whether a body may be left out: it is then an object without members. */
export const mayLeaveOut = (body: Body): boolean => "schema" in body && z.safeParse(body.schema, {}).success;

/** JSON of a schema, also as a text for people; a stream of a media type; or nothing. */
export type Answer =
  | z.ZodMiniType
  | { readonly schema: z.ZodMiniType; readonly text: string }
  | { readonly media: string }
  | null;

/** One operation under `/_local`. */
export interface ControlRoute {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** With `{name}` for a parameter, which is one segment. */
  readonly path: `/_local${string}`;
  /** One line, for lists. */
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodMiniObject;
  /** Strict: unknown parameters are refused; otherwise they are ignored. */
  readonly query?: z.ZodMiniObject;
  /** Of a GET: the parameter of `query` with which it changes something, so that foreign web pages may not send it. */
  readonly changesWith?: string;
  /** What a key of `query` or `body` is called in messages; by default `parameter` and `key`. */
  readonly noun?: string;
  readonly body?: Body;
  /** A valid body or query. */
  readonly example?: object | string;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  readonly errors?: readonly LocalErrorCode[];
  readonly commands?: readonly Command[];
}

export const route = <const R extends ControlRoute>(described: R): R => described;

/** A schema with a description; its name, if it has one, is kept. */
export const described = <S extends z.ZodMiniType>(description: string, schema: S): S => {
  const { id, ...published } = SHAPES.get(schema) ?? {};
  const copy = schema.clone(undefined, { parent: id !== undefined });
  SHAPES.add(copy, { ...published, description });
  return copy;
};

/** @param type the client's type, if it is narrower than the form */
export const ofType = <S extends z.ZodMiniType>(type: string, schema: S): S => {
  SHAPES.add(schema, { "x-type": type });
  return schema;
};

export const named = <S extends z.ZodMiniType>(
  id: string,
  schema: S,
  published: Omit<Published, "id"> = {},
): S => {
  SHAPES.add(schema, { id, ...published });
  return schema;
};

/** A record whose keys have a published name and are checked elsewhere. */
export const by = <S extends z.ZodMiniType>(
  keys: string,
  value: S,
  published: Pick<Published, "x-all-keys"> = {},
): z.ZodMiniRecord<z.ZodMiniString, S> => {
  const record = z.record(z.string(), value);
  SHAPES.add(record, { "x-keys": keys, ...published });
  return record;
};
