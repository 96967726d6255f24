/** Of the emulator's own tools: what they ask for is not what the code under test did. */
export const USER_AGENT = "healthimaging-local";
