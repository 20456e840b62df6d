import { refused } from './repository.ts';

const mostTags = 64;
const tag = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** Tags as they are kept: each once, in the order given. 431 for one that is not a word, as offerings separate theirs by commas. */
export function checkedTags(texts: readonly string[]): string[] {
  const tags = [...new Set(texts.map(text => text.trim()).filter(text => text !== ''))];
  const wrong = tags.find(text => !tag.test(text));
  if (wrong !== undefined)
    throw refused(
      `${JSON.stringify(wrong.slice(0, 80))} is not a host tag: up to 64 letters, digits, dots, hyphens and underscores`,
    );
  if (tags.length > mostTags) throw refused(`A host has at most ${mostTags} tags`);
  return tags;
}
