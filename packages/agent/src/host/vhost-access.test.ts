import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withRules } from './vhost-access.ts';

const line = fc.stringMatching(/^[ -~]{0,20}[a-z,]$/);
const text = fc.option(
  fc.array(line).map(lines => lines.map(each => `${each}\n`).join('')),
  { nil: null },
);

it('adds lines once, and leaves what others wrote', () => {
  fc.assert(
    fc.property(text, before => {
      const once = withRules(before, '# isola-1', ['/dev/vhost-net rw, # isola-1']);
      expect(withRules(once, '# isola-1', ['/dev/vhost-net rw, # isola-1'])).toBe(once);
      expect(once?.split('\n').filter(each => each.endsWith('# isola-1'))).toHaveLength(1);
      expect(withRules(once, '# isola-1', [])).toBe(before);
    }),
  );
});

it('keeps the line of another installation', () => {
  const both = withRules('/dev/x rw, # isola-2\n', '# isola-1', ['/dev/x rw, # isola-1']);
  expect(withRules(both, '# isola-1', [])).toBe('/dev/x rw, # isola-2\n');
});
