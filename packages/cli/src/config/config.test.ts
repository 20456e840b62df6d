import { cidr, cidrContains, formatCidr, ipv4 } from '@isola/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveInstallation, type Surroundings } from './resolve.ts';
import { resolversIn } from './resolvers.ts';
import { formatListen, parseListen } from './schema.ts';
import { environmentSource, mergeSources, parseConfigFile } from './sources.ts';

const surroundings: Surroundings = {
  resolvers: [],
  adminPassword: null,
  privateDatabaseUrl: home => `postgresql://isola@/isola?host=${home}/run/postgres`,
};

const resolveText = (text: string) =>
  resolveInstallation(mergeSources([parseConfigFile('isola.toml', text)]), surroundings);

describe('sources', () => {
  it('puts flags over environment over file', () => {
    const config = mergeSources([
      parseConfigFile('isola.toml', 'home = "/a"\nlisten = "1.1.1.1:1"\n[zone]\nname = "east"'),
      environmentSource({ ISOLA_HOME: '/b', ISOLA_LISTEN: '2.2.2.2:2', DATABASE_URL: '' }),
      { name: 'flags', values: { home: '/c', listen: undefined } },
    ]);
    expect(config).toMatchObject({ home: '/c', zone: { name: 'east' } });
    expect(config.listen).toBe('2.2.2.2:2');
    expect(config.database_url).toBeUndefined();
  });

  it.each([
    ['listen = "nowhere"', 'isola.toml: listen: must be HOST:PORT, for example 127.0.0.1:8080'],
    ['[public]\ngatway = "203.0.113.1"', 'isola.toml: public.gatway: no such setting'],
    ['[zone]\ndns = ["9.9.9.9", "dns"]', 'isola.toml: zone.dns.1: must be an IPv4 address'],
    ['[guest]\nvlan_first = 5000', 'isola.toml: guest.vlan_first: '],
    ['home = 1', 'isola.toml: home: '],
  ])('names file and key: %s', (text, message) => {
    expect(() => mergeSources([parseConfigFile('isola.toml', text)])).toThrow(message);
  });

  it('names the variable', () => {
    const source = environmentSource({ ISOLA_LISTEN: 'x' });
    expect(() => mergeSources([source])).toThrow('ISOLA_LISTEN: must be HOST:PORT');
  });

  it('names the line of a syntax error', () => {
    expect(() => parseConfigFile('isola.toml', 'a = 1\nb = =')).toThrow(/isola\.toml: [^]*2/);
  });
});

describe('resolveInstallation', () => {
  it('has defaults that work anywhere', () => {
    expect(resolveText('')).toEqual({
      home: '/var/lib/isola',
      imagesFolder: '/var/cache/isola/images',
      hypervisor: 'LXC',
      kvm: { libvirtUri: 'qemu:///system', acceleration: 'auto', sharedStorage: null },
      listen: { host: '127.0.0.1', port: 8080 },
      databaseUrl: 'postgresql://isola@/isola?host=/var/lib/isola/run/postgres',
      zone: {
        name: 'zone1',
        dns: ['9.9.9.9'],
        guestCidr: '10.1.1.0/24',
        networkDomain: 'cs1cloud.internal',
      },
      publicNetwork: {
        cidr: '203.0.113.0/24',
        gateway: '203.0.113.1',
        first: '203.0.113.10',
        last: '203.0.113.250',
        uplink: { kind: 'nat' },
      },
      guestNetwork: { isolation: 'VLAN', first: 100, last: 1099, interface: null },
      agents: null,
      underlay: null,
      adminPassword: null,
      localHost: true,
      empty: false,
      simulator: null,
    });
  });

  it.each([
    ['gateway = "198.51.100.1"', 'public.gateway: 198.51.100.1 is not a host address'],
    ['gateway = "203.0.113.20"', 'public.gateway: 203.0.113.20 is inside the range'],
    ['first = "203.0.113.30"\nlast = "203.0.113.20"', 'public.first: 203.0.113.30 is after'],
    ['last = "203.0.113.255"', 'public.last: 203.0.113.255 is not a host address'],
    ['cidr = "203.0.113.7/24"', 'did you mean 203.0.113.0/24?'],
    ['cidr = "203.0.113.0/30"', 'too small'],
    ['cidr = "10.1.0.0/16"', 'zone.guest_cidr: 10.1.1.0/24 overlaps public.cidr 10.1.0.0/16'],
  ])('refuses contradictions: %s', (text, message) => {
    expect(() => resolveText(`[public]\n${text}`)).toThrow(message);
  });

  it.each([
    ['isolation = "VXLAN"', { isolation: 'VXLAN', first: 10_000, last: 10_999, interface: null }],
    [
      'isolation = "VXLAN"\nvni_first = 50000\nvlan_first = 7',
      { isolation: 'VXLAN', first: 50_000, last: 50_000, interface: null },
    ],
    [
      'interface = "bond0"\nvlan_first = 200\nvlan_last = 299',
      { isolation: 'VLAN', first: 200, last: 299, interface: 'bond0' },
    ],
  ])('reads how guest networks are kept apart: %s', (text, expected) => {
    expect(resolveText(`[guest]\n${text}`).guestNetwork).toEqual(expected);
  });

  it('needs an address to listen on for agents', () => {
    expect(
      resolveText('[agents]\nlisten = "0.0.0.0:8250"\nadvertise = ["isola.example"]').agents,
    ).toEqual({ listen: { host: '0.0.0.0', port: 8250 }, advertise: ['isola.example'] });
    expect(() => resolveText('[agents]\nadvertise = ["192.0.2.1"]')).toThrow('agents.listen');
    expect(() => resolveText('[agents]\nlisten = "[::]:1"\nadvertise = ["a b"]')).toThrow(
      'must be a host name or an address',
    );
  });

  it('needs an address for the underlay', () => {
    expect(resolveText('[underlay]\naddress = "192.0.2.5"').underlay).toEqual({
      address: '192.0.2.5',
      interface: null,
    });
    expect(() => resolveText('[underlay]\ninterface = "eth1"')).toThrow('underlay.address');
  });

  it('takes an interface as uplink', () => {
    const { uplink } = resolveText('[public]\nuplink = "enp1s0"').publicNetwork;
    expect(uplink).toEqual({ kind: 'interface', name: 'enp1s0' });
  });

  it('finds a gateway and a range in every block', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 16, max: 29 }),
        (b, prefix) => {
          const block = cidr(`100.${b}.0.0/${prefix}`);
          const { publicNetwork } = resolveText(`[public]\ncidr = "${formatCidr(block)}"`);
          const [gateway, first, last] = [
            publicNetwork.gateway,
            publicNetwork.first,
            publicNetwork.last,
          ].map(ipv4);
          for (const address of [gateway, first, last]) {
            expect(cidrContains(block, address ?? 0)).toBe(true);
          }
          expect(gateway).toBeLessThan(first ?? 0);
          expect(first).toBeLessThanOrEqual(last ?? 0);
        },
      ),
    );
  });
});

describe('listen', () => {
  it('is read as it is written', () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
    fc.assert(
      fc.property(host, fc.integer({ min: 0, max: 65535 }), (name, port) => {
        expect(parseListen(formatListen({ host: name, port }))).toEqual({ host: name, port });
      }),
    );
  });

  it.each(['', '8080', 'host', 'host:', ':80', 'host:65536', 'a b:1', '::1:80'])(
    'refuses %j',
    text => {
      expect(parseListen(text)).toBeNull();
    },
  );
});

describe('resolversIn', () => {
  it('leaves out what routers cannot ask', () => {
    const text = '# x\nnameserver 127.0.0.53\nnameserver  192.0.2.1\nnameserver ::1\nsearch a\n';
    expect(resolversIn(text)).toEqual(['192.0.2.1']);
  });
});
