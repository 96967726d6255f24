/** A data source of OHIF, and the last part of its links. */
export interface OhifSource {
  readonly name: string;
  readonly friendlyName: string;
  /** Of requests for frames; undefined for OHIF's own, `transfer-syntax="*"`: as they are stored. */
  readonly acceptHeader?: readonly string[];
}

export const STORED: OhifSource = {
  name: "stored",
  friendlyName: "HealthImaging, frames as they are stored",
};

export const UNCOMPRESSED: OhifSource = {
  name: "uncompressed",
  friendlyName: "HealthImaging, frames uncompressed",
  acceptHeader: ['multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1'],
};

/**
 * The configuration of OHIF 3.13 for a data store.
 * @param root of its DICOMweb: `http://127.0.0.1:4464/datastore/ID`
 */
export function writeAppConfig(root: string): string {
  const config = {
    name: "healthimaging-local",
    routerBasename: "/",
    showStudyList: true,
    modes: [],
    customizationService: {},
    maxNumberOfWebWorkers: 3,
    showWarningMessageForCrossOrigin: true,
    showCPUFallbackMessage: true,
    showLoadingIndicator: true,
    strictZSpacingForVolumeViewport: true,
    groupEnabledModesFirst: true,
    maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 },
    showErrorDetails: "always",
    investigationalUseDialog: { option: "never" },
    defaultDataSourceName: STORED.name,
    dataSources: [sourceOf(STORED, root), sourceOf(UNCOMPRESSED, root)],
  };
  return [
    `window.config = ${JSON.stringify(config, null, 2)};`,
    `window.config.extensions = [${EXTENSION}];`,
    "",
  ].join("\n");
}

/** HealthImaging has no WADO-URI and no thumbnails; OHIF wants a root for the first nevertheless. */
const sourceOf = ({ name, friendlyName, acceptHeader }: OhifSource, root: string): object => ({
  namespace: "@ohif/extension-default.dataSourcesModule.dicomweb",
  sourceName: name,
  configuration: {
    name,
    friendlyName,
    qidoRoot: root,
    wadoRoot: root,
    wadoUriRoot: root,
    qidoSupportsIncludeField: true,
    supportsFuzzyMatching: true,
    supportsWildcard: true,
    imageRendering: "wadors",
    thumbnailRendering: "wadors",
    enableStudyLazyLoad: true,
    singlepart: "bulkdata",
    bulkDataURI: { enabled: true },
    // OHIF decodes the beginning of a frame first, and its decoder fails on a part of an HTJ2K codestream.
    stackRetrieveOptions: { retrieveOptions: { single: {} } },
    ...(acceptHeader === undefined ? {} : { acceptHeader }),
  },
});

/**
 * An extension of OHIF: decoded frames are interleaved, with chroma in full resolution, while the metadata describe the
 * imported file. Cornerstone3D leaves YBR_FULL_422 of this size as it is, and takes planes for what metadata say are planes.
 */
const EXTENSION = `{
  id: "healthimaging-local.uncompressed-frames",
  preRegistration({ extensionManager }) {
    const metaData = window.cornerstone?.metaData;
    if (metaData === undefined) return console.warn("healthimaging-local: colours of uncompressed frames may be wrong");
    let isAsking = false;
    const describeFrame = (type, imageId) => {
      if (type !== "imagePixelModule" || isAsking) return undefined;
      if (extensionManager.activeDataSourceName !== ${JSON.stringify(UNCOMPRESSED.name)}) return undefined;
      isAsking = true;
      try {
        const pixels = metaData.get(type, imageId);
        if (!pixels || pixels.samplesPerPixel !== 3) return pixels;
        const { photometricInterpretation: colours } = pixels;
        return {
          ...pixels,
          planarConfiguration: 0,
          photometricInterpretation: colours === "YBR_FULL_422" ? "YBR_FULL" : colours,
        };
      } finally {
        isAsking = false;
      }
    };
    metaData.addProvider(describeFrame, 20000);
  },
}`;
