const namedAtUse = 10;
const mostNamed = 150;
const mostCounted = 2000;

/**
 * Names for the statements that are used again and again: a connection parses and plans a named statement once. Bounded, because
 * each connection keeps every named plan, and callers choose the filters of lists.
 */
export function statementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  return text => {
    const name = names.get(text);
    if (name !== undefined || names.size >= mostNamed) return name;
    const used = (uses.get(text) ?? 0) + 1;
    if (used < namedAtUse) {
      if (uses.size >= mostCounted) uses.clear();
      uses.set(text, used);
      return undefined;
    }
    uses.delete(text);
    const given = `isola_${names.size}`;
    names.set(text, given);
    return given;
  };
}
