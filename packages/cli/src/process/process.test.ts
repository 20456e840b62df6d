import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePrivately } from './files.ts';
import { lockHolder, parseLock, takeLock } from './lock.ts';
import { runChecked, runProgram } from './run.ts';
import { supervise } from './supervisor.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isola-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('lock', () => {
  it('is held once, by a living process', async () => {
    const path = join(folder, 'lock');
    const release = await takeLock(path);
    expect(await lockHolder(path)).toBe(process.pid);
    await expect(takeLock(path)).rejects.toThrow(`process ${process.pid}`);
    await release();
    expect(await lockHolder(path)).toBeNull();
  });

  it('of a process that is gone, or whose number another one has, is taken over', async () => {
    const path = join(folder, 'lock');
    await writeFile(path, `${process.pid} 1\n`);
    expect(await lockHolder(path)).toBeNull();
    await (await takeLock(path))();
  });

  it.each(['', 'x', '12', '12 x\n', '12 34'])('does not read %j', text => {
    expect(parseLock(text)).toBeNull();
  });
});

describe('runProgram', () => {
  it('gives code and output', async () => {
    const finished = await runProgram('sh', ['-c', 'echo out; echo err >&2; exit 3']);
    expect(finished).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('shows the output of what failed', async () => {
    await expect(runChecked('sh', ['-c', 'echo broken >&2; exit 1'])).rejects.toThrow('broken');
  });
});

describe('writePrivately', () => {
  it('replaces a file that was open to others', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 'old', { mode: 0o644 });
    await writePrivately(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('supervise', () => {
  const program = (text: string): Promise<string> => {
    const path = join(folder, 'child.mjs');
    return writeFile(path, text).then(() => path);
  };

  it('starts a child again that was killed, and stops it when told', async () => {
    const log = join(folder, 'log');
    const crashes: string[] = [];
    let crashed: () => void = () => undefined;
    const firstCrash = new Promise<void>(resolve => (crashed = resolve));
    const supervisor = supervise({
      program: await program(`
        import { appendFileSync } from 'node:fs';
        appendFileSync(process.argv[2], process.pid + ' ' + (process.env.ISOLA_FAULT ?? '-') + '\\n');
        process.send({ ready: String(process.pid) });
        process.on('SIGTERM', () => { appendFileSync(process.argv[2], 'ended\\n'); process.exit(0); });
        process.on('message', () => undefined);
      `),
      args: [log],
      env: { ...process.env, ISOLA_FAULT: 'here' },
      onCrash: how => {
        crashes.push(how);
        crashed();
      },
    });
    process.kill(Number(await supervisor.ready), 'SIGKILL');
    await firstCrash;
    await expect.poll(async () => (await readFile(log, 'utf8')).split('\n').length).toBe(3);
    await supervisor.stop(5000);
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines.map(line => line.split(' ').at(-1))).toEqual(['here', '-', 'ended']);
    expect(crashes).toEqual(['SIGKILL']);
  });

  it('says when the child ends before it is ready', async () => {
    const supervisor = supervise({
      program: await program('process.exit(7)'),
      args: [],
      env: process.env,
      onCrash: () => undefined,
    });
    await expect(supervisor.ready).rejects.toThrow('exit code 7');
    await supervisor.stop(1000);
  });
});
