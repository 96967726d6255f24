interface Section {
  readonly version: string;
  /** `2026-11-29`; undefined of what is not released. */
  readonly date: string | undefined;
  readonly text: string;
}

/** The sections of a changelog in the form of Keep a Changelog: `## [0.2.0] - 2026-11-29`, `## [Unreleased]`. */
export function sectionsOf(changelog: string): Section[] {
  const [, ...sections] = changelog.split(/^## /m);
  return sections.map((section) => {
    const [heading = "", ...lines] = section.split("\n");
    const [, version = heading, date] = /^\[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$/.exec(heading) ?? [];
    return { version, date, text: lines.join("\n").trim() };
  });
}

/**
 * The notes of a release: what its section says.
 * @throws Error where the changelog has no such section, or it is empty
 */
export function notesOf(changelog: string, version: string): string {
  const text = sectionsOf(changelog).find((section) => section.version === version)?.text ?? "";
  if (text === "") throw new Error(`CHANGELOG.md has nothing below ## [${version}]`);
  return `${text}\n`;
}
