import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './steps.mjs';

/**
 * The commands of the README's tours: fenced blocks that begin with ```sh tour=NAME, or ```sh tour=NAME outside for what is
 * typed on a machine outside; in a list they are indented. Gives them in their order.
 */
export function tourBlocks(text = readFileSync(join(root, 'README.md'), 'utf8')) {
  const blocks = [];
  for (const match of text.matchAll(/^( *)```sh tour=(\S+)( outside)?\n([^]*?)^\1```$/gm)) {
    const [, indent, tour, outside, lines] = match;
    const commands = lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    blocks.push({ tour, outside: outside !== undefined, commands });
  }
  return blocks;
}
