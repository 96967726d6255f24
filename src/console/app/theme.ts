import { useEffect, useState } from "preact/hooks";

/** `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];
const KEY = "theme";

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const stored = localStorage.getItem(KEY);
    return isTheme(stored) ? stored : "system";
  });
  useEffect(() => {
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return [theme, setTheme];
}
