import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffConfigs, type RouterConfig } from '@isola/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testHeader } from '../testing.ts';
import { ConfigStore } from './config-store.ts';

const config = (generation: number): RouterConfig => ({
  generation,
  header: testHeader,
  collections: {
    publicAddresses: Array.from({ length: generation }, (_, n) => ({
      id: `${n}`,
      address: `203.0.113.${n}`,
    })),
    hosts: [],
    firewall: [],
    egress: [],
    portForwards: [],
    staticNats: [],
  },
});

describe('the configuration on disk', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'isola-store-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the last whole one with the deltas since, even when the last line was cut off', async () => {
    const paths = [join(root, 'router.json'), join(root, 'journal')] as const;
    const store = new ConfigStore(...paths);
    expect(await store.load()).toBeNull();
    await store.keep(config(1));
    for (const [from, to] of [
      [1, 2],
      [2, 5],
    ] as const) {
      const delta = diffConfigs(config(from), config(to));
      if (delta !== 'full') await store.append(delta);
    }
    appendFileSync(paths[1], '{"from":5,"gener');
    expect(await new ConfigStore(...paths).load()).toEqual(config(5));
    await store.keep(config(7));
    expect(await new ConfigStore(...paths).load()).toEqual(config(7));
  });

  it('loses no change that comes in while the journal is folded', async () => {
    const paths = [join(root, 'router.json'), join(root, 'journal')] as const;
    const store = new ConfigStore(...paths);
    await store.keep(config(1));
    const [first, second] = [diffConfigs(config(1), config(2)), diffConfigs(config(2), config(3))];
    if (first === 'full' || second === 'full') throw new Error('same header');
    await store.append(first);
    const folding = store.fold(() => config(2));
    await Promise.all([store.append(second), folding]);
    expect(await new ConfigStore(...paths).load()).toEqual(config(3));
  });
});
