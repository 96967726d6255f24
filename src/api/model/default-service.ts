import type { Service } from "./service-shapes.ts";
import { narrowPublished } from "./published-service.ts";
import narrowed from "./seed-overrides.json" with { type: "json" };

/**
 * The model of the default release. The build computes it, so that a start parses neither what is newer nor what
 * narrows it.
 */
export const DEFAULT_SERVICE: Service = narrowPublished([narrowed]);
