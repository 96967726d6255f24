/** The user agent of the emulator's own tools: reports leave their requests out. */
export const USER_AGENT = "healthimaging-local";
