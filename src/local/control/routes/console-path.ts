/** Where the console is served: its page, and below it the files of the page. */
export const CONSOLE_PATH = "/_local/console";
