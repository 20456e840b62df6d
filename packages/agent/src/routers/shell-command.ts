/** What sshd hands to a shell, which reads it as just these words. Throws on a word that no program can be given. */
export function encodeShellCommand(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  if (word.includes('\0')) throw new Error('a program cannot be given a word with a zero byte');
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
