import { type CommandName, commands } from '@isola/api';

const byLowerCase = new Map<string, CommandName>();
for (const name of Object.keys(commands)) {
  if (isCommandName(name)) byLowerCase.set(name.toLowerCase(), name);
}

export function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(commands, text);
}

/** The command a caller means, in any letter case. */
export function commandNamed(text: string): CommandName | undefined {
  return byLowerCase.get(text.toLowerCase());
}
