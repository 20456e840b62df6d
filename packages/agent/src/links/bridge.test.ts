import { afterEach, expect, it } from 'vitest';
import { run } from '../process/run.ts';
import { ensureBridge } from './bridge.ts';
import { ipBatch } from './ip-batch.ts';

const bridge = 'ibtest-bridge';
const port = 'ibtest-port';

afterEach(async () => {
  for (const name of [port, bridge]) await run('ip', ['link', 'delete', name]);
});

it('keeps its MTU, whatever its ports have', async () => {
  await ensureBridge({ name: bridge, address: null, mtu: 1500 });
  await ipBatch([
    ['link', 'add', 'name', port, 'mtu', '68', 'type', 'veth', 'peer', 'name', 'ibtest-peer'],
    ['link', 'set', 'dev', port, 'master', bridge],
  ]);
  expect(await run('ip', ['-o', 'link', 'show', 'dev', bridge])).toContain(' mtu 1500 ');
});
