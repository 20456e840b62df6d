import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Collections,
  type Drift,
  diffConfigs,
  fingerprintOf,
  type RouterConfig,
} from '@isola/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Counters } from '../counters.ts';
import { type Paths, routerPaths } from '../paths.ts';
import {
  canMakeNamespaces,
  eventually,
  makeNamespace,
  processServices,
  testHeader,
} from '../testing.ts';
import { Router } from './router.ts';

/** Answers every TCP connection to ports 80, 81 and 5000 with who asks. */
const server = `for (const port of [80, 81, 5000]) require('net').createServer(s => s.end(s.remoteAddress + ' at ' + s.localAddress + ' ' + port + '\\n')).listen(port, '0.0.0.0')`;
/** Answers with every line it gets. */
const echo = `require('net').createServer(s => s.pipe(s)).listen(7, '0.0.0.0')`;

const PUBLIC = '203.0.113.10';
const STATIC = '203.0.113.11';

const base: RouterConfig['collections'] = {
  publicAddresses: [
    { id: 'a', address: PUBLIC },
    { id: 'b', address: STATIC },
  ],
  hosts: [{ id: 'h7', mac: '02:00:00:00:01:07', address: '10.1.1.7', name: 'web' }],
  firewall: [],
  egress: [],
  portForwards: [],
  staticNats: [],
};

function forward(id: string, port: number, to = port): Collections['portForwards'][number] {
  const publicPorts = { first: port, last: port };
  const guestPorts = { first: to, last: to };
  return {
    id,
    publicAddress: PUBLIC,
    protocol: 'tcp',
    publicPorts,
    guestAddress: '10.1.1.7',
    guestPorts,
  };
}

/** Opens a TCP port of `PUBLIC` unless told otherwise, to everybody unless told otherwise. */
function opening(
  id: string,
  port: number,
  { sources = ['0.0.0.0/0'], publicAddress = PUBLIC } = {},
): Collections['firewall'][number] {
  const match = { protocol: 'tcp' as const, ports: { first: port, last: port } };
  return { id, publicAddress, match, sources };
}

describe.skipIf(!canMakeNamespaces)('a router between a guest and the internet', () => {
  let namespaces: Record<'router' | 'guest' | 'outside', ReturnType<typeof makeNamespace>>;
  let services: ReturnType<typeof processServices>;
  let router: Router;
  let paths: Paths;
  let root: string;
  const counters = new Counters();
  const drifts: Drift[] = [];
  let config: RouterConfig;

  beforeAll(async () => {
    namespaces = { router: makeNamespace(), guest: makeNamespace(), outside: makeNamespace() };
    const ip = async (where: keyof typeof namespaces, text: string): Promise<void> => {
      const { code, stderr } = await namespaces[where].programs.run(['ip', ...text.split(' ')]);
      if (code !== 0) throw new Error(`${text}: ${stderr}`);
    };
    await ip('router', `link add eth1 type veth peer name eth0 netns ${namespaces.guest.name}`);
    await ip('router', `link add eth2 type veth peer name eth0 netns ${namespaces.outside.name}`);
    for (const address of ['10.1.1.7/24', '10.1.1.9/24'])
      await ip('guest', `addr add ${address} dev eth0`);
    for (const address of ['203.0.113.1/24', '192.0.2.7/24', '198.51.100.7/24']) {
      await ip('outside', `addr add ${address} dev eth0`);
    }
    for (const where of ['guest', 'outside'] as const) await ip(where, 'link set eth0 up');
    await ip('guest', 'route add default via 10.1.1.1');

    root = mkdtempSync(join(tmpdir(), 'isola-router-'));
    paths = routerPaths(root);
    services = processServices(namespaces.router.programs, {
      dnsmasq: [
        'dnsmasq',
        '--keep-in-foreground',
        '--pid-file',
        '--user=root',
        `--conf-file=${paths.dnsmasqConfig}`,
      ],
    });
    for (const where of ['guest', 'outside'] as const) {
      for (const script of [server, echo]) {
        const child = namespaces[where].programs.start([process.execPath, '-e', script]);
        cleanups.push(() => child.kill('SIGKILL'));
      }
    }
    router = new Router({
      programs: namespaces.router.programs,
      services,
      paths,
      counters,
      onDrift: drift => drifts.push(drift),
    });
    config = { generation: 1, header: testHeader, collections: base };
    await router.apply(config);
    await eventually(async () => ((await connect('guest', '10.1.1.7:80')) === null ? null : true));
    await eventually(async () =>
      (await connect('outside', '192.0.2.7:80')) === null ? null : true,
    );
    await eventually(async () => ((await connect('guest', '192.0.2.7:80')) === null ? null : true));
  }, 60_000);

  const cleanups: (() => void)[] = [];
  afterAll(() => {
    router.close();
    services.stop();
    for (const cleanup of cleanups) cleanup();
    for (const namespace of Object.values(namespaces)) namespace.remove();
    rmSync(root, { recursive: true, force: true });
  });

  /** What a server says to a connection, or `null` when there is none within half a second. */
  async function connect(
    from: keyof typeof namespaces,
    target: string,
    source?: string,
  ): Promise<string | null> {
    const [host, port] = target.split(':');
    const options = JSON.stringify({ host, port: Number(port), localAddress: source });
    const script = `const s=require('net').connect(${options});let t='';s.on('data',d=>t+=d);s.on('error',()=>process.exit(1));s.on('end',()=>{process.stdout.write(t);process.exit(0)});setTimeout(()=>process.exit(1),700)`;
    const command = [process.execPath, '-e', script];
    const { code, stdout } = await namespaces[from].programs.run(command);
    return code === 0 ? stdout.trim() : null;
  }

  async function pings(from: keyof typeof namespaces, address: string): Promise<boolean> {
    const { code } = await namespaces[from].programs.run([
      'ping',
      '-n',
      '-c',
      '1',
      '-W',
      '1',
      address,
    ]);
    return code === 0;
  }

  /** Goes to `collections` by a delta. */
  async function go(collections: Partial<RouterConfig['collections']>): Promise<void> {
    const to = {
      ...config,
      generation: config.generation + 1,
      collections: { ...base, ...collections },
    };
    const delta = diffConfigs(config, to);
    if (delta === 'full') throw new Error('same header');
    const report = await router.applyDelta(delta);
    expect(report).toMatchObject({ generation: to.generation, fingerprint: fingerprintOf(to) });
    config = to;
  }

  it('does nothing when it is given again what it runs', async () => {
    const before = counters.snapshot();
    expect(await router.apply(config)).toMatchObject({ fingerprint: fingerprintOf(config) });
    expect(counters.snapshot()).toEqual(before);
  });

  it('lets guests out as the source NAT address and nobody in', async () => {
    expect(await connect('guest', '192.0.2.7:80')).toContain(`${PUBLIC} at 192.0.2.7`);
    expect(await connect('outside', `${PUBLIC}:80`)).toBeNull();
    expect(await pings('outside', PUBLIC)).toBe(false);
    expect(await pings('guest', '10.1.1.1')).toBe(true);
    // Routed straight to the guest network, past the public address.
    await namespaces.outside.programs.run(['ip', 'route', 'add', '10.1.1.0/24', 'via', PUBLIC]);
    expect(await connect('outside', '10.1.1.7:80')).toBeNull();
  }, 30_000);

  it('forwards a port when and only when it is mapped and opened, from inside too', async () => {
    await go({ portForwards: [forward('p', 8080, 80)] });
    expect(await connect('outside', `${PUBLIC}:8080`)).toBeNull();
    await go({ portForwards: [forward('p', 8080, 80)], firewall: [opening('f', 8080)] });
    expect(await connect('outside', `${PUBLIC}:8080`)).toContain('at 10.1.1.7 80');
    expect(await connect('guest', `${PUBLIC}:8080`)).toContain('10.1.1.1 at 10.1.1.7 80');
    await go({
      portForwards: [forward('p', 8080, 80)],
      firewall: [opening('f', 8080, { sources: ['192.0.2.0/24'] })],
    });
    expect(await connect('outside', `${PUBLIC}:8080`, '192.0.2.7')).toContain(
      '192.0.2.7 at 10.1.1.7 80',
    );
    expect(await connect('outside', `${PUBLIC}:8080`, '198.51.100.7')).toBeNull();
    await go({ firewall: [opening('f', 8080)] });
    expect(await connect('outside', `${PUBLIC}:8080`)).toBeNull();
  }, 30_000);

  it('maps an address to a guest both ways', async () => {
    await go({
      staticNats: [{ id: 's', publicAddress: STATIC, guestAddress: '10.1.1.9' }],
      firewall: [opening('f', 81, { publicAddress: STATIC })],
    });
    expect(await connect('outside', `${STATIC}:81`)).toContain('at 10.1.1.9 81');
    expect(await connect('outside', `${STATIC}:80`)).toBeNull();
    expect(await connect('guest', '192.0.2.7:80', '10.1.1.9')).toContain(`${STATIC} at`);
    expect(await connect('guest', '192.0.2.7:80', '10.1.1.7')).toContain(`${PUBLIC} at`);
  }, 30_000);

  it('answers pings only where they are opened', async () => {
    const match = { protocol: 'icmp' as const, type: 8, code: -1 };
    await go({ firewall: [{ id: 'i', publicAddress: PUBLIC, match, sources: ['0.0.0.0/0'] }] });
    expect(await pings('outside', PUBLIC)).toBe(true);
    expect(await pings('outside', STATIC)).toBe(false);
  }, 30_000);

  it('keeps to the egress policy and its exceptions', async () => {
    const icmp = { protocol: 'icmp' as const, type: -1, code: -1 };
    const web = { protocol: 'tcp' as const, ports: { first: 80, last: 80 } };
    const sources = ['10.1.1.0/24'];
    const rules = [
      { id: 'e1', match: icmp, sources, destinations: [] },
      { id: 'e2', match: web, sources, destinations: ['192.0.2.0/24'] },
    ];
    await go({ egress: rules });
    expect(await pings('guest', '192.0.2.7')).toBe(false);
    expect(await connect('guest', '192.0.2.7:80')).toBeNull();
    expect(await connect('guest', '192.0.2.7:81')).not.toBeNull();
    const before = counters.snapshot();
    config = {
      ...config,
      generation: config.generation + 1,
      header: { ...testHeader, egressDefault: 'deny' },
    };
    await router.apply(config);
    expect(counters.snapshot().elementsWritten).toBe(before.elementsWritten);
    expect(await pings('guest', '192.0.2.7')).toBe(true);
    expect(await connect('guest', '192.0.2.7:80')).not.toBeNull();
    expect(await connect('guest', '192.0.2.7:81')).toBeNull();
    config = { ...config, generation: config.generation + 1, header: testHeader };
    await router.apply(config);
  }, 30_000);

  it('ends connections whose opening is removed, and only those', async () => {
    const forwards = [forward('p1', 7), forward('p2', 1007, 7)];
    await go({ portForwards: forwards, firewall: [opening('f1', 7), opening('f2', 1007)] });
    const cut = counters.snapshot().flowsCut;
    const talk = (port: number) => {
      const child = namespaces.outside.programs.start([
        'bash',
        '-c',
        `exec 3<>/dev/tcp/${PUBLIC}/${port}; while read -r line; do echo "$line" >&3; read -r -t 1 answer <&3 || answer=none; echo "$answer"; done`,
      ]);
      cleanups.push(() => child.kill('SIGKILL'));
      return (line: string) =>
        new Promise<string>(resolve => {
          child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim()));
          child.stdin?.write(`${line}\n`);
        });
    };
    const first = talk(7);
    const second = talk(1007);
    expect(await first('one')).toBe('one');
    expect(await second('one')).toBe('one');
    await go({ portForwards: forwards, firewall: [opening('f2', 1007)] });
    expect(counters.snapshot().flowsCut).toBe(cut + 1);
    expect(await first('two')).toBe('none');
    expect(await second('two')).toBe('two');
    config = { ...config, generation: config.generation + 1 };
    await router.apply(config);
    await router.resync();
    expect(await second('three')).toBe('three');
  }, 30_000);

  it('serves names as hosts come and go, without restarting dnsmasq', async () => {
    const lookup = async (name: string): Promise<string> => {
      const script = `const r=new (require('dns').promises.Resolver)({timeout:500,tries:2});r.setServers(['10.1.1.1']);r.resolve4('${name}').then(a=>process.stdout.write(a.join()),e=>process.stdout.write(e.code))`;
      return (await namespaces.guest.programs.run([process.execPath, '-e', script])).stdout;
    };
    await go({});
    expect(await lookup('web.cs1.example')).toBe('10.1.1.7');
    const pid = await services.pid('dnsmasq');
    const db = { id: 'h8', mac: '02:00:00:00:01:08', address: '10.1.1.8', name: 'db' };
    await go({ hosts: [...base.hosts, db] });
    await eventually(async () => ((await lookup('db.cs1.example')) === '10.1.1.8' ? true : null));
    await go({});
    await eventually(async () => ((await lookup('db.cs1.example')) === 'ENOTFOUND' ? true : null));
    expect(await services.pid('dnsmasq')).toBe(pid);
  }, 30_000);

  it('gives known hosts their leases, whatever they are called, and nobody else', async () => {
    /** The address that is offered to a MAC, and the host name with it. */
    const offer = async (mac: string): Promise<string> => {
      const script = `const s=require('dgram').createSocket('udp4'),d=Buffer.alloc(300);
        d.set([1,1,6,0,1,2,3,4,0,0,0x80]);d.write('${mac.replaceAll(':', '')}',28,'hex');
        d.write('6382536335010137020c0fff',236,'hex');
        s.on('message',m=>{const at=m.indexOf(12,240);console.log([...m.subarray(16,20)].join('.'),m.subarray(at+2,at+2+m[at+1]).toString());process.exit()});
        s.bind(68,()=>{s.setBroadcast(true);s.send(d,67,'255.255.255.255')});setTimeout(()=>process.exit(),700)`;
      const command = [process.execPath, '-e', script];
      return (await namespaces.guest.programs.run(command)).stdout.trim();
    };
    const host = (last: number, name: string) => {
      return { id: `h${last}`, mac: `02:00:00:00:02:${last}`, address: `10.1.1.${last}`, name };
    };
    const names = ['web', 'ignore', 'infinite', '5d'];
    await go({ hosts: names.map((name, at) => host(20 + at, name)) });
    for (const [at, name] of names.entries()) {
      expect(await offer(`02:00:00:00:02:${20 + at}`)).toBe(`10.1.1.${20 + at} ${name}`);
    }
    expect(await offer('02:00:00:00:02:99')).toBe('');
    await go({});
  }, 30_000);

  it('keeps default route and DNS servers from the NICs of hosts that have another for them', async () => {
    /** Codes of the options that are offered to a MAC that asks for mask, router, DNS servers, name and domain. */
    const offered = async (mac: string): Promise<number[]> => {
      const script = `const s=require('dgram').createSocket('udp4'),d=Buffer.alloc(300);
        d.set([1,1,6,0,1,2,3,4,0,0,0x80]);d.write('${mac.replaceAll(':', '')}',28,'hex');
        d.write('63825363350101370501030f060cff',236,'hex');
        s.on('message',m=>{const codes=[];for(let at=240;m[at]!==255;at+=2+m[at+1])codes.push(m[at]);console.log(JSON.stringify(codes));process.exit()});
        s.bind(68,()=>{s.setBroadcast(true);const ask=()=>s.send(d,67,'255.255.255.255');ask();setInterval(ask,300)});setTimeout(()=>process.exit(1),9000)`;
      const command = [process.execPath, '-e', script];
      return JSON.parse((await namespaces.guest.programs.run(command)).stdout);
    };
    const nic = { id: 'h30', mac: '02:00:00:00:02:30', address: '10.1.1.30', name: 'two-nics' };
    const asked = new Set([1, 3, 6, 12, 15]);
    const given = async () => (await offered(nic.mac)).filter(code => asked.has(code));
    await go({ hosts: [nic] });
    expect((await given()).toSorted((a, b) => a - b)).toEqual([1, 3, 6, 12, 15]);
    await go({ hosts: [{ ...nic, secondary: true }] });
    expect((await given()).toSorted((a, b) => a - b)).toEqual([1, 12]);
    await go({ hosts: [nic] });
    expect((await given()).toSorted((a, b) => a - b)).toEqual([1, 3, 6, 12, 15]);
    await go({});
  }, 30_000);

  it('repairs what was done by hand, and tells', async () => {
    const expectDrift = async (subject: string): Promise<void> => {
      drifts.length = 0;
      const report = await router.resync();
      expect(drifts.map(drift => drift.subject)).toContain(subject);
      expect(drifts.every(drift => drift.repaired)).toBe(true);
      expect(report.fingerprint).toBe(fingerprintOf(config));
      drifts.length = 0;
      await router.resync();
      expect(drifts).toEqual([]);
    };
    const run = namespaces.router.programs.run;
    await router.resync();
    await run([
      'nft',
      'add',
      'element',
      'ip',
      'isola',
      'fw_port_open',
      '{ 203.0.113.10 . 6 . 22 }',
    ]);
    await expectDrift('nftables');
    await run(['ip', 'addr', 'del', `${STATIC}/24`, 'dev', 'eth2']);
    await expectDrift('interfaces');
    await run(['ip', 'route', 'del', 'default']);
    await expectDrift('interfaces');
    await run(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=0']);
    await expectDrift('sysctl');
    writeFileSync(paths.dnsmasqConfig, 'port=5353\n');
    await expectDrift(paths.dnsmasqConfig);
    expect(readFileSync(paths.dnsmasqConfig, 'utf8')).toContain('interface=eth1');
    writeFileSync(join(paths.dnsHosts, 'evil'), '10.1.1.66 web\n');
    await expectDrift(join(paths.dnsHosts, 'evil'));
    process.kill((await services.pid('dnsmasq')) ?? 0, 'SIGKILL');
    await eventually(async () => ((await services.pid('dnsmasq')) === null ? true : null));
    await expectDrift('dnsmasq');
    await run(['nft', 'flush', 'ruleset']);
    await expectDrift('nftables');
  }, 30_000);

  it('refuses what does not fit or contradicts itself, and changes nothing', async () => {
    const before = router.report();
    const to = {
      ...config,
      generation: config.generation + 1,
      collections: {
        ...base,
        portForwards: [forward('p', 80), { ...forward('q', 80), guestAddress: '10.1.1.8' }],
      },
    };
    const delta = diffConfigs(config, to);
    if (delta === 'full') throw new Error('same header');
    await expect(router.applyDelta(delta)).rejects.toThrow('maps');
    await expect(router.apply(to)).rejects.toThrow('maps');
    expect(await router.applyDelta({ ...delta, from: 0 })).toBeNull();
    expect(router.report()).toEqual(before);
  }, 30_000);
});
