import { createHmac, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signParams } from '@isola/api';
import { type Logger, pino } from 'pino';
import { defaultRoles } from '../features/role/defaults.ts';
import type { HostInstaller } from '../fleet/installer.ts';
import { newApiKeys } from '../identity/api-keys.ts';
import { hashPassword } from '../identity/password.ts';
import { openSecretBox } from '../identity/secret.ts';
import { type RunningServer, startServer } from '../server.ts';
import { simulatedHost } from '../simulator/host.ts';
import { simulatedImageStores } from '../simulator/image-stores.ts';
import type { SimulatedHost } from '../simulator/simulated-host.ts';
import { type SimulatedWorld, simulatedWorld } from '../simulator/simulator.ts';
import type { Db } from '../store/database.ts';
import type { BuiltInTemplate } from '../store/seed/built-in-templates.ts';
import type { SeedSettings } from '../store/seed.ts';
import { testDatabase } from '../store/test-database.ts';
import { folderStores } from '../templates/test-stores.ts';

export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** What came back: the HTTP status and the inside of the envelope. */
export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every command.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface Tenant extends Keys {
  readonly accountId: string;
  readonly userId: string;
  readonly account: string;
  readonly username: string;
  readonly password: string;
}

type Call = (
  by: Keys,
  command: string,
  params?: Readonly<Record<string, string>>,
) => Promise<Reply>;

/** A whole server on a port and a database of its own, with a host in memory. */
export interface TestServer {
  readonly url: string;
  readonly db: Db;
  /** Folder with `secondary`, the image store, and `import`. */
  readonly home: string;
  readonly agent: SimulatedHost;
  /** What simulated hosts hold; it outlives a restart unless it is cleared. */
  readonly world: SimulatedWorld;
  readonly admin: Keys;
  /** One signed call with GET. */
  readonly call: Call;
  /** As `call`, for an async command: waits for its job and gives `jobresult`. Throws when the job fails. */
  readonly run: Call;
  /** A new account with one user who has API keys: a user of the ROOT domain, or the administrator of a new domain of that name. */
  tenant(name: string, role?: 'User' | 'Domain Admin'): Promise<Tenant>;
  /** As the running server's. */
  openTemplate: RunningServer['openTemplate'];
  /** Looks at image stores and templates now, and waits until what that begins has ended. */
  look(): Promise<void>;
  /** Stops the server and starts another on the same database, host and key; does what is given while none runs. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const settings: SeedSettings = {
  zone: {
    name: 'zone1',
    dns: ['192.0.2.53'],
    internalDns: ['192.0.2.53'],
    guestCidr: '10.1.1.0/24',
    networkDomain: 'isola.internal',
  },
  public: {
    gateway: '203.0.113.1',
    prefix: 24,
    first: '203.0.113.10',
    last: '203.0.113.250',
    vlan: 'untagged',
  },
  guestNetwork: { isolation: 'VLAN', first: 100, last: 999 },
  adminPassword: 'admin password',
};

interface TestServerOptions {
  readonly builtIn?: readonly BuiltInTemplate[];
  /** What puts agents on machines; without it no agents are listened to. */
  readonly installer?: HostInstaller;
  /** Simulated hosts in place of the one that `agent` is; with 0 the installation is empty. */
  readonly simulated?: number;
  readonly log?: Logger;
  /** Told of each step at which the server may die; throws where it is to have died. */
  readonly fault?: (point: string, die: () => void) => void;
}

export async function testServer({
  builtIn = [],
  installer,
  simulated,
  log = pino({ level: process.env['ISOLA_TEST_LOG'] ?? 'silent' }),
  fault,
}: TestServerOptions = {}): Promise<TestServer> {
  const database = await testDatabase();
  const home = await mkdtemp(join(tmpdir(), 'isola-test-server-'));
  const agent = simulatedHost();
  const world = simulatedWorld();
  const secondary = join(home, 'secondary');
  const importFolder = join(home, 'import');
  await mkdir(secondary);
  await mkdir(importFolder);
  const start = (): Promise<RunningServer> =>
    startServer({
      databaseUrl: database.url,
      listen: { host: '127.0.0.1', port: 0 },
      agent: simulated === undefined ? agent : null,
      simulator:
        simulated === undefined
          ? null
          : {
              world,
              hosts: simulated,
              mocks: [],
              patience: { first: 10, longest: 100, jobs: 1000, firstAnswer: 5000 },
            },
      agents:
        installer === undefined
          ? null
          : {
              listen: { host: '127.0.0.1', port: 0 },
              advertise: ['127.0.0.1'],
              installer,
              program: () => Promise.resolve(Buffer.from('')),
            },
      imageStores: simulated === undefined ? folderStores() : simulatedImageStores(),
      templates: { imageStore: `file://${secondary}`, importFolder, builtIn },
      settings: simulated === 0 ? { adminPassword: settings.adminPassword } : settings,
      secretKeyFile: join(home, 'secret.key'),
      fault,
      log,
    });
  let running = await start();
  const secrets = await openSecretBox(join(home, 'secret.key'));

  const call: Call = async (by, command, params = {}) => {
    const query = await sign(by, { command, response: 'json', ...params });
    const response = await fetch(`${running.url}?${query.toString()}`);
    return replyOf(response);
  };
  const run: Call = async (by, command, params) => {
    const accepted = await call(by, command, params);
    const jobid: unknown = accepted.body.jobid;
    if (typeof jobid !== 'string')
      throw new Error(`${command}: ${accepted.status} ${JSON.stringify(accepted.body)}`);
    for (;;) {
      const { body } = await call(by, 'queryAsyncJobResult', { jobid });
      if (body.jobstatus === 1) return { status: 200, body: body.jobresult };
      if (body.jobstatus === 2) throw new Error(`${command}: ${JSON.stringify(body.jobresult)}`);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  };

  return {
    get url() {
      return running.url;
    },
    get admin() {
      return running.admin;
    },
    db: database.db,
    home,
    agent,
    world,
    call,
    run,
    async tenant(name, role = 'User') {
      const password = randomUUID();
      const keys = newApiKeys();
      const root = await database.db
        .selectFrom('domains')
        .select('id')
        .where('path', '=', 'ROOT')
        .executeTakeFirstOrThrow();
      const domain =
        role === 'User'
          ? root
          : await database.db
              .insertInto('domains')
              .values({ parent_id: root.id, name, path: `ROOT/${name}` })
              .returning('id')
              .executeTakeFirstOrThrow();
      const account = await database.db
        .insertInto('accounts')
        .values({ domain_id: domain.id, name, role, role_id: defaultRoles[role] })
        .returning('id')
        .executeTakeFirstOrThrow();
      const user = await database.db
        .insertInto('users')
        .values({
          account_id: account.id,
          domain_id: domain.id,
          username: name,
          password_hash: await hashPassword(password),
          first_name: name,
          last_name: 'Test',
          email: `${name}@example.org`,
          api_key: keys.apiKey,
          secret_key: secrets.encrypt(keys.secretKey),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return {
        account: name,
        username: name,
        password,
        userId: user.id,
        accountId: account.id,
        ...keys,
      };
    },
    openTemplate: id => running.openTemplate(id),
    look: () => running.lookAtTemplates(),
    async restart(meanwhile) {
      await running.close();
      await meanwhile?.();
      running = await start();
    },
    async close() {
      await running.close();
      await database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Signed parameters; `hash` as in `node:crypto`. */
export function sign(
  by: Keys,
  params: Readonly<Record<string, string>>,
  hash = 'sha1',
): Promise<URLSearchParams> {
  return signParams(params, by, (key, text) => createHmac(hash, key).update(text).digest('base64'));
}

export async function replyOf(response: Response): Promise<Reply> {
  const parsed: unknown = JSON.parse(await response.text());
  if (typeof parsed !== 'object' || parsed === null) throw new Error('not an object');
  return { status: response.status, body: Object.values(parsed)[0] };
}
