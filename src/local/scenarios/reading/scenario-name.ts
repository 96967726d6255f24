/** Whether a scenario is given by its file (`./mine.yaml`), not by its name (`import-partial`). */
export const isScenarioFile = (text: string): boolean => /[\\/]|\.(ya?ml|json)$/i.test(text);
