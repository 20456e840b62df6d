import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderUnit } from './service.ts';
import {
  type AgentSettings,
  joinedOptions,
  readAgentSettings,
  removeAgentSettings,
  writeAgentSettings,
} from './settings.ts';

const settings: AgentSettings = {
  serverUrl: 'https://192.0.2.1:8250',
  name: null,
  home: '/var/lib/isola-agent',
  imagesFolder: '/var/cache/isola/images',
  hypervisor: 'KVM',
  kvm: { libvirtUri: 'qemu:///system', acceleration: 'auto', sharedStorage: null },
  guestInterface: 'eth1',
  publicInterface: null,
  underlay: { address: '192.0.2.2', interface: null },
  isolationSeconds: 20,
};

describe('the settings of an agent', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isola-agent-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are read as they were written, by root only, and leave nothing', async () => {
    const file = join(folder, 'etc', 'agent.json');
    expect(await readAgentSettings(file)).toBeNull();
    await writeAgentSettings(file, settings);
    expect(await readAgentSettings(file)).toEqual(settings);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await removeAgentSettings(file);
    expect(await readdir(folder)).toEqual([]);
  });

  it('are refused by file and key', async () => {
    const file = join(folder, 'wrong.json');
    for (const [wrong, message] of [
      [{ ...settings, serverUrl: 'http://x' }, 'serverUrl: '],
      [{ ...settings, isolationSeconds: 1 }, 'isolationSeconds: '],
      [{ ...settings, more: 1 }, 'wrong.json: '],
    ] as const) {
      await writeFile(file, JSON.stringify(wrong));
      await expect(readAgentSettings(file)).rejects.toThrow(message);
    }
  });

  it('make the host no gateway of the public network', () => {
    const logger = pino({ level: 'silent' });
    expect(joinedOptions(settings, logger).publicNetwork).toEqual({
      uplink: { kind: 'none' },
      cidr: null,
      gateway: null,
    });
    const wired = joinedOptions({ ...settings, publicInterface: 'eth2' }, logger);
    expect(wired.publicNetwork.uplink).toEqual({ kind: 'interface', name: 'eth2' });
    expect(wired.isolationLimitMs).toBe(20_000);
  });
});

describe('the unit', () => {
  it('does not take routers and guests along when it stops', () => {
    const unit = renderUnit(['/usr/bin/node', '/x.cjs', 'run']);
    expect(unit).toContain('\nExecStart="/usr/bin/node" "/x.cjs" "run"\n');
    expect(unit).toContain('\nKillMode=process\n');
    expect(unit).toContain('\nRestart=always\n');
  });

  it('has every word as it is, in one line', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[^\0\n\r]+$/), { minLength: 1 }), words => {
        const line = /^ExecStart=(.*)$/m.exec(renderUnit(words))?.[1] ?? '';
        const read = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, word = '']) =>
          word.replaceAll(
            /\\(.)|%%|\$\$/gs,
            (found, escaped?: string) => escaped ?? found.slice(1),
          ),
        );
        expect(read).toEqual(words);
      }),
    );
    expect(() => renderUnit(['a\nb'])).toThrow('cannot hold');
  });
});
