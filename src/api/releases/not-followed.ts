import { ofModel } from "./behaviour.ts";
import { guide, TESTS } from "./sources.ts";

/** Differences of AWS's releases that the emulator does not have: it does the same in all of them. */
export const NOT_FOLLOWED = {
  unknownDatastores: ofModel({
    topic: "Operations on image sets of an unknown data store",
    launched: null,
    source: guide("security_iam_service-with-iam"),
    isMissing: true,
    releases: {
      "2024-05":
        "ResourceNotFoundException, as today's service; that of May 2024 answered AccessDeniedException.",
      "2026-06": "ResourceNotFoundException.",
    },
    test: { file: TESTS.common, title: "an unknown data store is not found, in both releases" },
  }),
  metadataForm: ofModel({
    topic: "Form of the metadata",
    launched: null,
    source: guide("get-image-set-metadata"),
    isMissing: true,
    releases: {
      "2024-05": "As captured in 2023.",
      "2026-06":
        "The same. A capture of 2025 has no `PixelData`, has FileMetaInformationGroupLength and the trailing spaces of IS and DS, and `FrameSizeInBytes` of the encoded frame, where AWS's page says decoded.",
    },
    test: { file: TESTS.common, title: "the metadata has the form of the older release, in both" },
  }),
  pendingMetadata: ofModel({
    topic: "GetImageSetMetadata while large metadata is processed",
    launched: null,
    source: guide("get-image-set-metadata"),
    isMissing: true,
    releases: {
      "2024-05": "Metadata can be read as soon as the import job is COMPLETED.",
      "2026-06": "The same: there is no ConflictException.",
    },
    test: { file: TESTS.common, title: "the metadata has the form of the older release, in both" },
  }),
  events: ofModel({
    topic: "Events in Amazon EventBridge",
    launched: "2024-06-05",
    source: guide("event-notifications"),
    isMissing: true,
    releases: { "2024-05": "Not in the service.", "2026-06": "Not in the emulator yet." },
    test: { file: TESTS.common, title: "EventBridge, CloudWatch and KMS are not emulated, in both releases" },
  }),
  metrics: ofModel({
    topic: "Metrics in Amazon CloudWatch",
    launched: "2026-02-12",
    source: guide("monitoring-cloudwatch"),
    isMissing: true,
    releases: {
      "2024-05": "The service has the metric CallCount, the emulator has none.",
      "2026-06": "The service has metrics of accounts and data stores as well, the emulator has none.",
    },
    test: { file: TESTS.common, title: "EventBridge, CloudWatch and KMS are not emulated, in both releases" },
  }),
  keyGrants: ofModel({
    topic: "Grants of a data store's KMS key",
    launched: null,
    source: guide("data-encryption"),
    isMissing: true,
    releases: {
      "2024-05": "The service makes two, the emulator none.",
      "2026-06": "The service makes three, the emulator none.",
    },
    test: { file: TESTS.common, title: "EventBridge, CloudWatch and KMS are not emulated, in both releases" },
  }),
} as const;
