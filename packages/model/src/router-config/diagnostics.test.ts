import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IsolaError } from '../errors/isola-error.ts';
import { diagnosticFileSchema, diagnosticSchema, parseDiagnostic } from './diagnostics.ts';

const words = fc.oneof(
  fc.constantFrom('-c', '-s', '-W', '-n', '-I', '-m', '-f', '--', '3', '10', '99999', 'eth1'),
  fc.string({ maxLength: 8 }),
);
const targets = fc.oneof(
  fc.ipV4(),
  fc.domain(),
  fc.constantFrom('-f', '1.2.3', '$(id)', 'a b', '', 'localhost', '::1'),
  fc.string({ maxLength: 12 }),
);

test('whatever is asked is refused, or is within bounds and has no word that a program takes for an option', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('ping', 'arping', 'traceroute', 'PING', 'rm'),
      targets,
      fc.array(words, { maxLength: 6 }),
      (type, target, options) => {
        try {
          const parsed = parseDiagnostic({ type, target, options: options.join(' ') });
          expect(diagnosticSchema.parse(parsed)).toEqual(parsed);
          expect(parsed.target).toMatch(/^[a-z0-9][a-z0-9.-]*$/i);
        } catch (error) {
          expect(error).toBeInstanceOf(IsolaError);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('options are read as they are typed', () => {
  expect(
    parseDiagnostic({ type: 'Ping', target: '10.1.1.2', options: ' -c 2  -n -s 100' }),
  ).toEqual({
    type: 'ping',
    target: '10.1.1.2',
    count: 2,
    size: 100,
    wait: 2,
    numeric: true,
  });
  expect(parseDiagnostic({ type: 'arping', target: '10.1.1.2', options: '-I eth1' })).toEqual({
    type: 'arping',
    target: '10.1.1.2',
    count: 4,
    device: 'eth1',
  });
  for (const options of ['-c', '-c 0', '-c 11', '-c 1;id', '-f', '-I eth1'])
    expect(() => parseDiagnostic({ type: 'ping', target: '10.1.1.2', options })).toThrow(
      /refused|option/i,
    );
  expect(() => parseDiagnostic({ type: 'arping', target: 'host', options: '' })).toThrow(
    /ipaddress/,
  );
});

test('no file with keys, nor one elsewhere, can be asked for', () => {
  for (const path of ['/etc/ssh/host_key', '/var/log/../../etc/shadow', '/etc/shadow', '-rf', ''])
    expect(diagnosticFileSchema.safeParse(path).success).toBe(false);
  for (const path of ['[ROUTE]', '/var/log/cloud.log', '/var/log/dnsmasq/current'])
    expect(diagnosticFileSchema.safeParse(path).success).toBe(true);
});
