import { controlCommands, firstWord } from "../../src/app/cli/commands/control-commands.ts";
import { OWN_COMMANDS } from "../../src/app/cli/commands/own-commands.ts";
import { describeHelp } from "../../src/app/cli/help.ts";
import { GENERATED, page } from "./markdown.ts";

const HEAD = `# Command line

What \`healthimaging-local help\` and \`healthimaging-local help COMMAND\` print. In a clone of the repository,
\`npm start -- FLAGS\` is \`healthimaging-local serve FLAGS\`, and \`node dist/cli.js COMMAND\` is any command.

Commands for a running emulator ask for a route of [the control API](control-api.md). With \`--json\` they print its answer.`;

export function cliPage(): string {
  const own = OWN_COMMANDS.map(firstWord);
  const control = new Set(controlCommands().map(({ command }) => firstWord(command)));
  return page([
    GENERATED,
    HEAD,
    block(describeHelp([])),
    ...[...own, ...control].flatMap((name) => [`## ${name}`, block(describeHelp([name]))]),
  ]);
}

const block = (text: string): string => `\`\`\`text\n${text}\`\`\``;
