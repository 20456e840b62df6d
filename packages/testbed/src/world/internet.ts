import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './exec.ts';
import { inNamespace, type Place } from './place.ts';
import { localProgram, ready } from './program.ts';

/** Addresses of the made-up internet. */
export const internet = {
  publicCidr: '203.0.113.0/24',
  publicGateway: '203.0.113.1',
  /** A client and server that is nobody's. */
  outside: '198.51.100.10',
  dns: '198.51.100.53',
  web: '198.51.100.80',
  /** What the made-up DNS says of `www.example.test`. */
  webName: 'www.example.test',
} as const;

export interface Internet {
  /** The namespace behind the public gateway: DNS and web live here. */
  readonly core: Place;
  /** A host of somebody else, one hop further. */
  readonly outside: Place;
  remove(): Promise<void>;
}

/**
 * Joins `hostNamespace` to an internet of its own through the interface `uplink0`: a gateway with DNS and a web server, and
 * a host behind it.
 */
export async function makeInternet(
  name: string,
  hostNamespace: string,
  folder: string,
): Promise<Internet> {
  const coreName = `${name}i`;
  const outsideName = `${name}o`;
  const ip = (...args: string[]): Promise<string> => run(['ip', ...args]);
  await ip('netns', 'add', coreName);
  await ip('netns', 'add', outsideName);
  await ip(
    'link',
    'add',
    'uplink0',
    'netns',
    hostNamespace,
    'type',
    'veth',
    'peer',
    'name',
    'public0',
    'netns',
    coreName,
  );
  await ip(
    'link',
    'add',
    'eth0',
    'netns',
    outsideName,
    'type',
    'veth',
    'peer',
    'name',
    'outside0',
    'netns',
    coreName,
  );
  const core = inNamespace(coreName);
  const outside = inNamespace(outsideName);
  await ip('-n', hostNamespace, 'link', 'set', 'uplink0', 'up');
  for (const args of [
    ['link', 'set', 'lo', 'up'],
    ['addr', 'add', `${internet.publicGateway}/24`, 'dev', 'public0'],
    ['addr', 'add', `${internet.dns}/32`, 'dev', 'lo'],
    ['addr', 'add', `${internet.web}/32`, 'dev', 'lo'],
    ['addr', 'add', '198.51.100.9/30', 'dev', 'outside0'],
    ['link', 'set', 'public0', 'up'],
    ['link', 'set', 'outside0', 'up'],
  ]) {
    await ip('-n', coreName, ...args);
  }
  await core.run(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  for (const args of [
    ['link', 'set', 'lo', 'up'],
    ['addr', 'add', `${internet.outside}/30`, 'dev', 'eth0'],
    ['link', 'set', 'eth0', 'up'],
    ['route', 'add', 'default', 'via', '198.51.100.9'],
  ]) {
    await ip('-n', outsideName, ...args);
  }
  const zone = join(folder, 'internet-dns.conf');
  await writeFile(
    zone,
    [
      `listen-address=${internet.dns}`,
      'bind-interfaces',
      'no-resolv',
      'no-hosts',
      'user=root',
      'no-daemon',
      'pid-file=',
      `address=/${internet.webName}/${internet.web}`,
    ].join('\n'),
  );
  // dnsmasq says that it started on standard error; `--test` never serves, so wait for an answer instead.
  const dns = await startDns(coreName, zone);
  const web = await core.web(80, 'internet');
  return {
    core,
    outside,
    remove: async () => {
      await web.end();
      dns();
      await ip('-n', hostNamespace, 'link', 'del', 'uplink0').catch(() => undefined);
      await ip('-n', outsideName, 'link', 'del', 'eth0').catch(() => undefined);
      await ip('netns', 'del', outsideName);
      await ip('netns', 'del', coreName);
    },
  };
}

async function startDns(namespace: string, configuration: string): Promise<() => void> {
  const server = localProgram([
    'ip',
    'netns',
    'exec',
    namespace,
    'sh',
    '-c',
    'echo "{}"; exec dnsmasq --keep-in-foreground --conf-file="$0"',
    configuration,
  ]);
  await ready('the made-up DNS', server);
  return () => server.kill('SIGTERM');
}
