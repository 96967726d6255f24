/** Makes a string fit the characters and the length of the model's `Message`. */
export const toMessage = (text: string): string => text.replace(/[^\w -:]/g, ".").slice(0, 2048);
