/** One line for virsh's prompt, each word in quotes. Throws on what would not stay in its word. */
export function encodeVirshCommand(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  // The prompt reads them as keys.
  if (/\p{Cc}/u.test(word)) throw new Error(`not a word for virsh: ${JSON.stringify(word)}`);
  return `"${word.replace(/["\\]/g, String.raw`\$&`)}"`;
}
