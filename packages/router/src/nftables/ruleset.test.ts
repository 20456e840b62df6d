import { tmpdir } from 'node:os';
import { type Collections, type RouterHeader } from '@isola/model';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Counters } from '../counters.ts';
import { Refused } from '../refused.ts';
import { canMakeNamespaces, makeNamespace, testHeader } from '../testing.ts';
import { compileElements, type Element } from './elements.ts';
import { parseRuleset } from './read-ruleset.ts';
import { Ruleset } from './ruleset.ts';

const empty: Collections = {
  publicAddresses: [],
  hosts: [],
  firewall: [],
  egress: [],
  portForwards: [],
  staticNats: [],
};

const address = fc.constantFrom('203.0.113.10', '203.0.113.11');
const port = fc.integer({ min: 1, max: 6 });
const ports = fc
  .tuple(port, fc.integer({ min: 0, max: 4 }))
  .map(([first, more]) => ({ first, last: first + more }));
const cidrs = fc.uniqueArray(
  fc.constantFrom('0.0.0.0/0', '192.0.2.0/24', '192.0.2.128/25', '192.0.2.7/32', '198.51.100.0/24'),
  { minLength: 0, maxLength: 3 },
);
const icmpNumber = fc.constantFrom(-1, 0, 8);
const match = fc.oneof(
  fc.record({ protocol: fc.constantFrom('tcp' as const, 'udp' as const), ports }),
  fc.record({ protocol: fc.constant('icmp' as const), type: icmpNumber, code: icmpNumber }),
  fc.constant({ protocol: 'all' as const }),
);
const id = fc.integer({ min: 0, max: 1e6 }).map(String);
const firewall = fc.record({ id, publicAddress: address, match, sources: cidrs });
const egress = fc.record({ id, match, sources: cidrs, destinations: cidrs });
/** Ports by number of the rule, so that rules never contradict each other. */
const portForward = fc.integer({ min: 0, max: 20 }).map(n => {
  const first = 1000 + n * 10;
  const shifted = n % 3 === 1 ? 5000 : first;
  const length = n % 2 === 0 ? 0 : 4;
  return {
    id: `pf-${n}`,
    publicAddress: '203.0.113.10',
    protocol: 'tcp' as const,
    publicPorts: { first, last: first + length },
    guestAddress: '10.1.1.7',
    guestPorts: { first: shifted, last: shifted + length },
  };
});
const unique = <T extends { id: string }>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { selector: value => value.id, maxLength: 8 });

const collections: fc.Arbitrary<Collections> = fc.record({
  publicAddresses: fc.constant([
    { id: 'a', address: '203.0.113.10' },
    { id: 'b', address: '203.0.113.11' },
  ]),
  hosts: fc.constant([]),
  firewall: unique(firewall),
  egress: unique(egress),
  portForwards: unique(portForward),
  staticNats: fc.constantFrom(
    [],
    [{ id: 's', publicAddress: '203.0.113.11', guestAddress: '10.1.1.9' }],
  ),
});

const compile = (items: Collections, header: RouterHeader = testHeader): Element[] =>
  compileElements(items, header);

describe.skipIf(!canMakeNamespaces)('the ruleset in a kernel', () => {
  let namespace: ReturnType<typeof makeNamespace>;
  let counters: Counters;
  beforeEach(() => {
    namespace = makeNamespace();
    counters = new Counters();
  });
  afterEach(() => namespace.remove());

  const make = (): Ruleset =>
    new Ruleset({ programs: namespace.programs, folder: tmpdir(), counters });

  /** What the kernel holds, whatever the lanes: elements by kind, and the chains that have no lanes. */
  async function installed(): Promise<unknown> {
    const { stdout } = await namespace.programs.run(['nft', '-n', '-s', 'list', 'ruleset']);
    const [table] = parseRuleset(stdout);
    const elements = [...(table?.sets ?? [])].flatMap(([name, set]) =>
      [...set.elements].map(([key, data]) => `${name.replace(/_\d+$/, '')} ${key} ${data ?? ''}`),
    );
    return elements.toSorted();
  }

  it('reaches any target step by step as at once, and a second comparison writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(collections, { minLength: 2, maxLength: 4 }),
        async ([first, ...others]) => {
          if (first === undefined) return;
          const ruleset = make();
          await ruleset.begin(compile(first), testHeader);
          await ruleset.compare();
          let before = first;
          for (const target of others) {
            await ruleset.write(ruleset.prepare(compile(before), compile(target), testHeader));
            before = target;
          }
          const stepwise = await installed();
          const written = counters.snapshot();
          expect(await ruleset.compare()).toEqual({ details: [], ops: [], mismatch: null });
          expect(counters.snapshot()).toEqual(written);
          ruleset.close();

          const other = make();
          await other.begin(compile(before), testHeader);
          expect(await other.compare()).toEqual({ details: [], ops: [], mismatch: null });
          expect(counters.snapshot().elementsWritten).toBe(written.elementsWritten);
          other.close();

          await namespace.programs.run(['nft', 'flush', 'ruleset']);
          const fresh = make();
          await fresh.begin(compile(before), testHeader);
          expect((await fresh.compare()).mismatch).toBeNull();
          expect(await installed()).toEqual(stepwise);
          fresh.close();
        },
      ),
      { numRuns: 6 },
    );
  }, 60_000);

  it('writes one element for one more port forward among 10,000', async () => {
    const forwards = Array.from({ length: 10_000 }, (_, n) => ({
      id: `pf-${n}`,
      publicAddress: '203.0.113.10',
      protocol: 'tcp' as const,
      publicPorts: { first: n + 1, last: n + 1 },
      guestAddress: '10.1.1.7',
      guestPorts: { first: n + 1, last: n + 1 },
    }));
    const ruleset = make();
    await ruleset.begin(compile({ ...empty, portForwards: forwards }), testHeader);
    await ruleset.compare();
    const before = counters.snapshot();
    const one = {
      id: 'more',
      publicAddress: '203.0.113.10',
      protocol: 'udp' as const,
      publicPorts: { first: 53, last: 53 },
      guestAddress: '10.1.1.8',
      guestPorts: { first: 53, last: 53 },
    };
    const opening = {
      id: 'open',
      publicAddress: '203.0.113.10',
      match: { protocol: 'udp' as const, ports: { first: 53, last: 53 } },
      sources: ['0.0.0.0/0'],
    };
    const more = compile({ ...empty, portForwards: [one], firewall: [opening] });
    await ruleset.write(ruleset.prepare([], more, testHeader));
    expect(counters.snapshot()).toEqual({
      ...before,
      elementsWritten: before.elementsWritten + 2,
    });
    expect((await ruleset.compare()).details).toEqual([]);
    ruleset.close();
  }, 30_000);

  it('repairs what was changed by hand and says what it was', async () => {
    const ruleset = make();
    const wanted = compile({
      ...empty,
      publicAddresses: [{ id: 'a', address: '203.0.113.10' }],
      firewall: [
        {
          id: 'f',
          publicAddress: '203.0.113.10',
          match: { protocol: 'tcp', ports: { first: 80, last: 90 } },
          sources: ['192.0.2.0/24', '192.0.2.128/25'],
        },
      ],
    });
    await ruleset.begin(wanted, testHeader);
    await ruleset.compare();
    const right = await installed();
    const damages = [
      ['nft', 'add', 'element', 'ip', 'isola', 'fw_port_open', '{ 203.0.113.10 . 6 . 22 }'],
      ['nft', 'delete', 'element', 'ip', 'isola', 'public', '{ 203.0.113.10 }'],
      ['nft', 'insert', 'rule', 'ip', 'isola', 'input', 'accept'],
      ['nft', 'flush', 'chain', 'ip', 'isola', 'forward'],
      ['nft', 'add', 'chain', 'ip', 'isola', 'extra'],
      ['nft', 'add', 'table', 'inet', 'filter'],
      ['nft', 'delete', 'table', 'ip', 'isola'],
    ];
    for (const damage of damages) {
      expect(await namespace.programs.run(damage)).toMatchObject({ code: 0 });
      const outcome = await ruleset.compare();
      expect(outcome.details).not.toEqual([]);
      expect(outcome.mismatch).toBeNull();
      expect(await installed()).toEqual(right);
      expect((await ruleset.compare()).details).toEqual([]);
    }
    ruleset.close();
  }, 30_000);

  it('knows what is there when nft ends in the middle of a change', async () => {
    let ends = false;
    const { run, start } = namespace.programs;
    const mortal = (command: readonly string[]) => {
      const child = start(command);
      if (ends) child.kill('SIGKILL');
      return child;
    };
    const ruleset = new Ruleset({ programs: { run, start: mortal }, folder: tmpdir(), counters });
    const match = { protocol: 'tcp' as const, ports: { first: 22, last: 22 } };
    const rule = { id: 'f', publicAddress: '203.0.113.10', match, sources: ['0.0.0.0/0'] };
    const opening = compile({ ...empty, firewall: [rule] });
    await ruleset.begin([], testHeader);
    ends = true;
    await expect(ruleset.write(ruleset.prepare([], opening, testHeader))).rejects.toThrow('ended');
    ends = false;
    expect(await ruleset.compare()).toMatchObject({ details: [], mismatch: null });
    await ruleset.write(ruleset.prepare([], opening, testHeader));
    expect(await installed()).not.toEqual([]);
    await ruleset.write(ruleset.prepare(opening, [], testHeader));
    expect(await installed()).toEqual([]);
    ruleset.close();
  }, 30_000);

  it('refuses contradicting items and keeps what is there', async () => {
    const ruleset = make();
    const rule = {
      id: 'x',
      publicAddress: '203.0.113.10',
      protocol: 'tcp' as const,
      publicPorts: { first: 80, last: 80 },
      guestAddress: '10.1.1.7',
      guestPorts: { first: 80, last: 80 },
    };
    await ruleset.begin(compile({ ...empty, portForwards: [rule] }), testHeader);
    await ruleset.compare();
    const right = await installed();
    const other = { ...rule, id: 'y', guestAddress: '10.1.1.8' };
    const contradicting = compile({ ...empty, portForwards: [other] });
    expect(() => ruleset.prepare([], contradicting, testHeader)).toThrow(Refused);
    expect(await installed()).toEqual(right);
    const moved = ruleset.prepare(
      compile({ ...empty, portForwards: [rule] }),
      contradicting,
      testHeader,
    );
    await ruleset.write(moved);
    expect(await installed()).toEqual(['pf 203.0.113.10 . 6 . 80 10.1.1.8 . 80']);
    ruleset.close();
  }, 30_000);
});
