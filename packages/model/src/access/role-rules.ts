/** One rule of a role: an API command's name, `*` standing for any letters, and what it decides. */
export interface RoleRule {
  readonly rule: string;
  readonly permission: 'allow' | 'deny';
}

/** Longest rule accepted. */
export const longestRoleRule = 100;

/** Whether the text is a rule: letters and digits, and `*` for any of them. */
export function isRoleRule(text: string): boolean {
  return text.length <= longestRoleRule && /^[A-Za-z0-9*]+$/.test(text);
}

/** What the first rule that matches the command says; `null` when none does. Letter case does not matter. */
export function decideByRules(
  rules: readonly RoleRule[],
  command: string,
): RoleRule['permission'] | null {
  const name = command.toLowerCase();
  return rules.find(({ rule }) => matches(rule.toLowerCase(), name))?.permission ?? null;
}

/** Pieces between the stars are sought one after the other, each as early as it comes: linear, whatever the rule is. */
function matches(rule: string, name: string): boolean {
  const [first = '', ...rest] = rule.split('*');
  if (rest.length === 0) return rule === name;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let position = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return name.length - last.length >= position && name.endsWith(last);
}
