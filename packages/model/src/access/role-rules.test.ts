import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideByRules, isRoleRule, type RoleRule } from './role-rules.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'B', 'c'), maxLength: 8 });
const rule = fc
  .array(fc.oneof(letters, fc.constant('*')), { minLength: 1, maxLength: 5 })
  .map(parts => parts.join(''))
  .filter(text => text !== '');
const rules: fc.Arbitrary<RoleRule[]> = fc.array(
  fc.record({ rule, permission: fc.constantFrom('allow', 'deny') }),
  { maxLength: 6 },
);

/** The plain model: a regular expression for each rule, tried in order. */
function byExpressions(given: readonly RoleRule[], command: string): RoleRule['permission'] | null {
  for (const { rule: text, permission } of given)
    if (new RegExp(`^${text.replaceAll('*', '.*')}$`, 'i').test(command)) return permission;
  return null;
}

test('the first rule that matches decides, as regular expressions would', () => {
  fc.assert(
    fc.property(rules, letters, (given, command) => {
      expect(decideByRules(given, command)).toBe(byExpressions(given, command));
    }),
    { numRuns: 2000 },
  );
});

test('many stars cost no time', () => {
  const many: RoleRule = { rule: '*a'.repeat(50), permission: 'allow' };
  expect(decideByRules([many], `${'a'.repeat(200)}b`)).toBeNull();
});

test.each(['listNetworks', 'list*', '*', 'list*ByCmd'])('%s is a rule', text => {
  expect(isRoleRule(text)).toBe(true);
});
test.each(['', 'list networks', 'list-x', 'a'.repeat(101), 'li\nst'])('%j is none', text => {
  expect(isRoleRule(text)).toBe(false);
});
