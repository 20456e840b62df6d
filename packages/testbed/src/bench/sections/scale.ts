import { type ChildProcess, fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Answer, Api } from '../../world/api.ts';
import { inParallel } from '../parallel.ts';
import type { Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median, percentile } from '../statistics.ts';

const count = Number(process.env['ISOLA_BENCH_SCALE'] ?? 25_000);
const pagesize = 500;
/** List calls of each kind, at pages spread over the list. */
const listCalls = 50;
const changeSeconds = 20;
const wantedRate = 200;

const lists = {
  listNetworks: 'network',
  listVirtualMachines: 'virtualmachine',
  listAccounts: 'account',
  listRouters: 'router',
  listPublicIpAddresses: 'publicipaddress',
} as const;

/** A server of its own with simulated hosts. */
export const scale: Section = {
  name: 'scale',
  unprivileged: true,
  title: 'A large simulated zone',
  method: `A zone with ${count.toLocaleString('en-US')} accounts, networks, routers and instances on simulated hosts; the server process has the simulated hosts in its memory, PostgreSQL does not wait for the disk. The zone is made by copying the rows of one that commands made, and by compiling what its routers run. Lists: each of ${Object.keys(lists).join(', ')} ${listCalls} times with page size ${pagesize}, as root administrator, one call at a time. Changes: ${wantedRate} createFirewallRule a second, each on another network, for ${changeSeconds} s; all of them must be applied. Cold start: another server on the same hosts, until it answers, every router and guest was compared with its rows, and every router with its fingerprint.`,
  run: async () => {
    const server = await Scale.start();
    try {
      return [
        ...(await listRows(server)),
        await streamed(server),
        await wholeList(server),
        ...(await changes(server)),
        await coldStart(server),
        {
          what: 'memory of the server',
          value: (await server.memory()) / 2 ** 30,
          unit: 'GiB',
          also: `load average ${loadavg()[0]?.toFixed(1)}`,
          aim: { below: 1 },
        },
        { what: 'the zone made', value: server.fillSeconds, unit: 's' },
      ];
    } finally {
      await server.end();
    }
  },
};

async function listRows(server: Scale): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [command, key] of Object.entries(lists)) {
    const samples: number[] = [];
    await server.call(command, { listall: 'true', page: '1', pagesize: String(pagesize) });
    const pages = Math.max(1, Math.floor(count / pagesize));
    for (let at = 0; at < listCalls; at += 1) {
      const page = String(1 + Math.floor((at * pages) / listCalls));
      const before = performance.now();
      const answer = await server.call(command, {
        listall: 'true',
        page,
        pagesize: String(pagesize),
      });
      samples.push(performance.now() - before);
      const items: unknown = answer[key];
      if (!Array.isArray(items) || items.length < Math.min(pagesize, count))
        throw new Error(`${command} page ${page} is not full`);
    }
    rows.push({
      what: `${command}, p99`,
      value: percentile(samples, 0.99),
      unit: 'ms',
      also: `median ${median(samples).toFixed(0)} ms`,
      aim: { below: 150 },
    });
  }
  return rows;
}

/** All pages of a list, one after the other, as clients read it. */
async function streamed(server: Scale): Promise<Row> {
  const before = performance.now();
  const seen = new Set<unknown>();
  for (let page = 1; ; page += 1) {
    const { virtualmachine } = await server.call('listVirtualMachines', {
      listall: 'true',
      page: String(page),
      pagesize: String(pagesize),
    });
    if (!Array.isArray(virtualmachine) || virtualmachine.length === 0) break;
    for (const one of virtualmachine) seen.add(one.id);
  }
  if (seen.size < count) throw new Error(`only ${seen.size} instances were listed`);
  return {
    what: 'all instances, page by page',
    value: (performance.now() - before) / 1000,
    unit: 's',
  };
}

/** The same in one answer. */
async function wholeList(server: Scale): Promise<Row> {
  const before = performance.now();
  const { virtualmachine } = await server.call('listVirtualMachines', {
    listall: 'true',
    pagesize: '-1',
  });
  if (!Array.isArray(virtualmachine) || virtualmachine.length < count)
    throw new Error('the whole list is not whole');
  return {
    what: 'all instances, in one answer',
    value: (performance.now() - before) / 1000,
    unit: 's',
  };
}

async function changes(server: Scale): Promise<Row[]> {
  const { publicipaddress } = await server.call('listPublicIpAddresses', {
    listall: 'true',
    issourcenat: 'true',
    pagesize: '500',
    page: '1',
  });
  if (!Array.isArray(publicipaddress)) throw new Error('there are no addresses');
  const ids = publicipaddress.map(address => String(address.id));
  const wanted = wantedRate * changeSeconds;
  const jobs: string[] = [];
  const answered: number[] = [];
  const began = performance.now();
  await inParallel(
    Array.from({ length: wanted }, (_, at) => at),
    async at => {
      await delay(Math.max(0, began + (at * 1000) / wantedRate - performance.now()));
      const before = performance.now();
      const port = String(1000 + Math.floor(at / ids.length));
      const { jobid } = await server.call('createFirewallRule', {
        ipaddressid: ids[at % ids.length] ?? '',
        protocol: 'tcp',
        startport: port,
        endport: port,
      });
      jobs.push(String(jobid));
      answered.push(performance.now() - before);
    },
  );
  await server.jobsEnded();
  const seconds = (performance.now() - began) / 1000;
  // None of them failed.
  await inParallel(jobs, jobid => server.ended(jobid));
  return [
    {
      what: 'changes a second, applied',
      value: wanted / seconds,
      unit: '1/s',
      also: `${wanted} in ${seconds.toFixed(1)} s`,
      // What was asked for takes its time: the last ones are applied a moment after it.
      aim: { atLeast: wantedRate * 0.95 },
    },
    { what: 'a change meanwhile, accepted, p99', value: percentile(answered, 0.99), unit: 'ms' },
  ];
}

async function coldStart(server: Scale): Promise<Row> {
  return {
    what: 'cold start with everything compared',
    value: await server.restart(),
    unit: 's',
    aim: { below: 60 },
  };
}

interface Ready {
  readonly ready: string;
  readonly admin: { readonly apiKey: string; readonly secretKey: string };
  readonly fillSeconds: number;
}

function apiAt(url: string, { admin }: Ready): Api {
  const { hostname, port } = new URL(url);
  const keys = { apikey: admin.apiKey, secretkey: admin.secretKey };
  return new Api({ host: hostname, port: Number(port) }, keys);
}

/** The server process, and calls to it. */
class Scale {
  readonly #child: ChildProcess;
  readonly #ready: Ready;
  #api: Api;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.#ready = ready;
    this.#api = apiAt(ready.ready, ready);
  }

  /** Seconds until everything was there. */
  get fillSeconds(): number {
    return this.#ready.fillSeconds;
  }

  static async start(): Promise<Scale> {
    const program = fileURLToPath(
      new URL('../../../../server/dist/simulator/test-scale.js', import.meta.url),
    );
    const child = fork(program, [String(count)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new Scale(child, await answerOf<Ready>(child));
  }

  call(command: string, params: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#api.call(command, params);
  }

  async ended(jobid: string): Promise<void> {
    await this.#api.wait('createFirewallRule', jobid);
  }

  /** Resolves when the server has no pending job. */
  async jobsEnded(): Promise<void> {
    this.#child.send('jobs');
    await answerOf(this.#child);
  }

  async memory(): Promise<number> {
    this.#child.send('memory');
    return (await answerOf<{ memory: number }>(this.#child)).memory;
  }

  /** Seconds that another server took. */
  async restart(): Promise<number> {
    this.#child.send('restart');
    const { ready, compareSeconds } = await answerOf<{ ready: string; compareSeconds: number }>(
      this.#child,
    );
    this.#api = apiAt(ready, this.#ready);
    return compareSeconds;
  }

  async end(): Promise<void> {
    const ended = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void => reject(new Error(`the server ended with ${code}`));
    child.once('exit', died);
    child.once('message', message => {
      child.off('exit', died);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program
      resolve(message as T);
    });
  });
}
