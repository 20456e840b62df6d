/**
 * Options of dpkg that leave out all modules of a kernel but those of a list: a pattern a line below the modules'
 * folder `kernel`, `#` for comments, and `!` before a pattern that is left out after all.
 */
export function moduleFilters(list: string): readonly string[] {
  const below = '*/lib/modules/*/kernel';
  const lines = list.split('\n').map(line => line.trim());
  const patterns = lines.filter(line => line !== '' && !line.startsWith('#'));
  return [
    `path-exclude=${below}/*`,
    ...patterns.map(pattern =>
      pattern.startsWith('!')
        ? `path-exclude=${below}/${pattern.slice(1)}`
        : `path-include=${below}/${pattern}`,
    ),
  ];
}
