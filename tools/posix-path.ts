/** A path of this system with `/` between names on every system, as imports, tables and expectations write it. */
export const posixPath = (path: string): string => path.replaceAll("\\", "/");
