export { HealthImagingContainer, StartedHealthImagingContainer } from "./client/testcontainers.ts";
