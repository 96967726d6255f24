export { HealthImagingContainer, StartedHealthImagingContainer } from "./local/sdk/testcontainers.ts";
