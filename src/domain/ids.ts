/** Creates identifiers of resources: 32 lower-case hexadecimal digits, never the same twice. */
export type CreateId = () => string;
