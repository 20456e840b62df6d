import { run } from '../world/exec.ts';

/** Where the plain guest is. */
export const plainGuest = '198.18.1.2';

const router = 'ber';
const guest = 'beg';

/** A path like the product's, but for the router: a namespace that only forwards. */
export interface PlainPath {
  readonly guestNamespace: string;
  remove(): Promise<void>;
}

/** Joins a plain guest to the internet's `core`, over two bridges on `host` and a namespace that routes between them. */
export async function makePlainPath(core: string, host: string): Promise<PlainPath> {
  const ip = (...args: string[]): Promise<string> => run(['ip', ...args]);
  const cable = (a: string, inA: string, b: { name: string; in: string }): Promise<string> =>
    run(`ip link add ${a} netns ${inA} type veth peer name ${b.name} netns ${b.in}`.split(' '));
  for (const namespace of [router, guest]) await ip('netns', 'add', namespace);
  for (const bridge of ['plainp', 'plaing']) {
    await ip('-n', host, 'link', 'add', bridge, 'type', 'bridge');
    await ip('-n', host, 'link', 'set', bridge, 'up');
  }
  await cable('plain0', core, { name: 'plainp0', in: host });
  await cable('plainp1', host, { name: 'eth2', in: router });
  await cable('plaing0', host, { name: 'eth1', in: router });
  await cable('plaing1', host, { name: 'eth0', in: guest });
  for (const [link, bridge] of [
    ['plainp0', 'plainp'],
    ['plainp1', 'plainp'],
    ['plaing0', 'plaing'],
    ['plaing1', 'plaing'],
  ] as const)
    await ip('-n', host, 'link', 'set', link, 'master', bridge, 'up');
  for (const [namespace, link, address] of [
    [core, 'plain0', '198.18.0.1/24'],
    [router, 'eth2', '198.18.0.2/24'],
    [router, 'eth1', '198.18.1.1/24'],
    [guest, 'eth0', `${plainGuest}/24`],
  ] as const) {
    await ip('-n', namespace, 'addr', 'add', address, 'dev', link);
    await ip('-n', namespace, 'link', 'set', link, 'up');
  }
  await ip('-n', core, 'route', 'add', '198.18.1.0/24', 'via', '198.18.0.2');
  await ip('-n', router, 'route', 'add', 'default', 'via', '198.18.0.1');
  await ip('-n', guest, 'route', 'add', 'default', 'via', '198.18.1.1');
  await run(['ip', 'netns', 'exec', router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  return {
    guestNamespace: guest,
    remove: async () => {
      await ip('-n', core, 'link', 'del', 'plain0');
      for (const link of ['plainp1', 'plaing0', 'plaing1', 'plainp', 'plaing'])
        await ip('-n', host, 'link', 'del', link);
      for (const namespace of [router, guest]) await ip('netns', 'del', namespace);
    },
  };
}
