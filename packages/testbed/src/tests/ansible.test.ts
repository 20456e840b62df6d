import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, until } from '../world/exec.ts';
import { localProgram, outcome, type Program, success } from '../world/program.ts';

const cli = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));
const playbooks = fileURLToPath(new URL('../../clients/ansible/', import.meta.url));

interface Keys {
  readonly url: string;
  readonly apikey: string;
  readonly secretkey: string;
}

/** Debian's `ansible`, with its `ngine_io.cloudstack` modules as they are, against a simulator. */
describe('Ansible', () => {
  let folder: string;
  let home: string;
  let isola: Program;
  let operator: Keys;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isola-ansible-'));
    // PostgreSQL's user passes through it.
    await chmod(folder, 0o755);
    home = join(folder, 'home');
    const place = ['--home', home, '--listen', '127.0.0.1:18096'];
    isola = localProgram([process.execPath, cli, 'up', '--simulator', ...place]);
    let printed = '';
    isola.onOutput((_, data) => {
      printed += data.toString();
    });
    let ended = false;
    void isola.exited.then(() => {
      ended = true;
    });
    await until(
      'the ready line',
      () => {
        if (ended) throw new Error(printed);
        return Promise.resolve(/^ready http/m.test(printed));
      },
      120_000,
    );
    operator = JSON.parse(await readFile(join(home, 'admin.json'), 'utf8')) as Keys;
  });

  afterAll(async () => {
    isola?.kill('SIGTERM');
    await isola?.exited;
    await run([process.execPath, cli, 'down', '--simulator', '--purge', '--home', home]);
    await rm(folder, { recursive: true, force: true });
  });

  const interpreter = ['--extra-vars', 'ansible_python_interpreter=/usr/bin/python3'];

  /** Runs a playbook; gives the names of the tasks that said they changed something, one each time they said so. */
  async function play(name: string, by: Keys, flags: readonly string[] = []): Promise<string[]> {
    const program = localProgram(
      [
        'ansible-playbook',
        '--inventory',
        'localhost,',
        ...flags,
        ...interpreter,
        join(playbooks, name),
      ],
      {
        ANSIBLE_HOME: join(folder, 'ansible'),
        ANSIBLE_LOCALHOST_WARNING: 'False',
        ANSIBLE_NOCOLOR: '1',
        CLOUDSTACK_ENDPOINT: by.url,
        CLOUDSTACK_KEY: by.apikey,
        CLOUDSTACK_SECRET: by.secretkey,
        CLOUDSTACK_TIMEOUT: '60',
      },
    );
    const { code, stdout, stderr } = await outcome(program, 300_000);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    let task = '';
    const changed: string[] = [];
    for (const line of stdout.split('\n')) {
      task = /^TASK \[(.*)\]/.exec(line)?.[1] ?? task;
      if (line.startsWith('changed:')) changed.push(task);
    }
    return changed;
  }

  async function api(...args: readonly string[]): Promise<string> {
    const argv = [process.execPath, cli, 'api', ...args, '--home', home];
    return (await success(argv, localProgram(argv))).trim();
  }

  async function keysOfCustomer(): Promise<Keys> {
    const id = await api('listUsers', 'listall=true', 'username=acme', '--get', 'user.0.id');
    const key = (name: string) => api('getUserKeys', `id=${id}`, '--get', `userkeys.${name}`);
    await api('registerUserKeys', `id=${id}`);
    return { url: operator.url, apikey: await key('apikey'), secretkey: await key('secretkey') };
  }

  /** Every change of anything writes an event. */
  const events = () => api('listEvents', 'listall=true', 'projectid=-1', '--get', 'count');

  it('builds a customer and his site; the second run changes nothing, check mode tells what would', {
    timeout: 600_000,
  }, async () => {
    expect(await play('customer.yml', operator)).toHaveLength(5);
    expect(await play('customer.yml', operator)).toEqual([]);
    const customer = await keysOfCustomer();
    expect(await play('site.yml', customer)).toHaveLength(9);
    const before = await events();
    expect(await play('site.yml', customer)).toEqual([]);
    const more = ['--check', '--extra-vars', '{"more": true}'];
    expect(await play('customer.yml', operator, more)).toEqual(['A colleague']);
    expect(await play('site.yml', customer, more)).toEqual([
      'A project',
      'The firewall is open for the web',
      'The web is forwarded to the instance',
    ]);
    expect(await events()).toBe(before);
  });
});
