import { bending, type Fault } from "./effect.ts";

export const contentType: Fault<{ readonly set: string }> = {
  name: "contentType",
  schema: {
    description: "the answer has another Content-Type",
    type: "object",
    properties: {
      set: {
        type: "string",
        description: "a media type such as text/html",
        pattern: "^[\\x21-\\x7e][\\x20-\\x7e]{0,199}$",
      },
    },
    required: ["set"],
    additionalProperties: false,
  },
  create: ({ set }) =>
    bending((response) => ({ ...response, headers: { ...response.headers, "content-type": set } })),
};
