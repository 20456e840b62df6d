import { type CommandName, commands } from '@isola/api';
import { CliError } from '../cli-error.ts';

/** The contract's spelling of a command given in any letter case. Throws a `CliError` with similar names. */
export function commandNamed(text: string): CommandName {
  const names = Object.keys(commands).filter(isCommandName);
  const found = names.find(name => name.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  const similar = names.filter(name => isSimilar(name.toLowerCase(), text.toLowerCase()));
  throw new CliError(
    `no command ${text}`,
    similar.length > 0
      ? `Did you mean ${similar.join(' or ')}?`
      : '`isola api listApis` lists all.',
  );
}

function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(commands, text);
}

function isSimilar(name: string, text: string): boolean {
  return text.length > 2 && (name.includes(text) || text.includes(name) || name === `${text}s`);
}

/** Reads `name=value` words. Throws a `CliError` for a word without a name. */
export function parseParameters(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map(word => {
      const at = word.indexOf('=');
      if (at < 1) throw new CliError(`${word}: give parameters as name=value`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}
