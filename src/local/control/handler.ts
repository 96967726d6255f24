import type { Readable } from "node:stream";
import type * as z from "zod/mini";
import type { HttpRequest } from "../../api/http.ts";
import type { OperationId, ControlRoutes } from "./routes/control-routes.ts";
import type { Answer, ControlRoute } from "./routes/control-route.ts";

type Output<S> = S extends z.ZodMiniType ? z.output<S> : Readonly<Record<string, never>>;

type BodyOf<B> = B extends { readonly kind: "json"; readonly schema: infer S }
  ? Output<S>
  : B extends { readonly kind: "names" }
    ? Readonly<Record<string, unknown>>
    : undefined;

/** A request, parsed according to its route. */
export interface HandlerInput<R extends ControlRoute> {
  readonly params: Output<R["params"]>;
  readonly query: Output<R["query"]>;
  readonly body: BodyOf<R["body"]>;
  readonly request: HttpRequest;
}

type Content<A extends Answer> = A extends z.ZodMiniType
  ? z.input<A>
  : A extends { readonly schema: z.ZodMiniType }
    ? z.input<A["schema"]> | string
    : A extends { readonly media: string }
      ? Readable
      : undefined;

/** One of the route's answers. */
export type Reply<R extends ControlRoute> = {
  [Status in keyof R["answers"]]: R["answers"][Status] extends Answer
    ? { readonly status: Status; readonly body: Content<R["answers"][Status]> }
    : never;
}[keyof R["answers"]];

export type Handler<Id extends OperationId> = (
  input: HandlerInput<ControlRoutes[Id]>,
) => Reply<ControlRoutes[Id]> | Promise<Reply<ControlRoutes[Id]>>;

export type Handlers<Id extends OperationId = OperationId> = { readonly [Name in Id]: Handler<Name> };

export const ok = <const B>(body: B): { readonly status: 200; readonly body: B } => ({ status: 200, body });
export const NOTHING = { status: 204, body: undefined } as const;
