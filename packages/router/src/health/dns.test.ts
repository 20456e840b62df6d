import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { programs } from '../system/run.ts';
import { canMakeNamespaces, processServices } from '../testing.ts';
import { askForNames } from './dns.ts';

describe.skipIf(!canMakeNamespaces)('names that a DNS server is asked for', () => {
  const server = '127.53.7.1';
  const domain = 'cs1.example';
  let folder: string;
  let services: ReturnType<typeof processServices>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isola-dns-'));
    const hosts = join(folder, 'hosts');
    writeFileSync(hosts, '10.1.1.1 r-1-vm\n10.1.1.7 web\n10.1.1.99 moved\n');
    services = processServices(programs([]), {
      dnsmasq: [
        'dnsmasq',
        '--keep-in-foreground',
        '--conf-file=/dev/null',
        '--no-resolv',
        '--no-hosts',
        '--bind-interfaces',
        `--listen-address=${server}`,
        `--addn-hosts=${hosts}`,
        '--expand-hosts',
        `--domain=${domain}`,
        `--local=/${domain}/`,
        `--pid-file=${join(folder, 'pid')}`,
        '--user=root',
      ],
    });
    await services.up('dnsmasq');
  });
  afterEach(() => {
    services.stop();
    rmSync(folder, { recursive: true });
  });

  it('are right, have another address or none, or the server is mute', async () => {
    const own = { name: 'r-1-vm', address: '10.1.1.1' };
    const web = { name: 'web', address: '10.1.1.7' };
    const ask = (...names: { name: string; address: string }[]) =>
      askForNames({ server, domain, names });
    await vi.waitFor(async () => expect(await ask(own)).toMatchObject({ success: true }), 10_000);
    expect(await ask(own, web)).toEqual({
      success: true,
      detail: 'r-1-vm.cs1.example is 10.1.1.1; names of guests that are right: 1',
    });
    expect(await ask(own, web, { name: 'moved', address: '10.1.1.8' })).toEqual({
      success: false,
      detail: 'moved.cs1.example is 10.1.1.99',
    });
    expect(await ask(own, { name: 'gone', address: '10.1.1.8' })).toMatchObject({
      success: false,
      detail: expect.stringMatching(/^gone\.cs1\.example is .*ENOTFOUND/),
    });
    await services.down('dnsmasq');
    expect(await ask(own)).toMatchObject({ success: false });
  });
});
