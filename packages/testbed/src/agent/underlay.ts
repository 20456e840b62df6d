import { run } from '../world/exec.ts';

/** A network between hosts: a switch in a namespace of its own, with a cable to each. */
export interface TestUnderlay {
  readonly namespace: string;
  readonly mtu: number;
  /** Plugs a host's namespace in: its interface `underlay` gets the address, of 192.0.2.0/24. */
  join(host: string, address: string): Promise<void>;
  remove(): Promise<void>;
}

const bridge = 'switch';
/** Name of a host's interface on it. */
export const underlayInterface = 'underlay';

export async function makeTestUnderlay(name: string, mtu: number): Promise<TestUnderlay> {
  const namespace = `ag-${name}-ul`;
  await run(['ip', 'netns', 'add', namespace]);
  const inSwitch = ['ip', '-n', namespace, 'link'];
  await run([...inSwitch, 'add', 'name', bridge, 'mtu', '9000', 'type', 'bridge']);
  await run([...inSwitch, 'set', bridge, 'up']);
  let ports = 0;
  return {
    namespace,
    mtu,
    join: async (host, address) => {
      ports += 1;
      const port = `port${ports}`;
      const size = ['mtu', String(mtu)];
      const here = ['name', port, 'netns', namespace, ...size, 'type', 'veth'];
      const there = ['peer', 'name', underlayInterface, 'netns', host, ...size];
      await run(['ip', 'link', 'add', ...here, ...there]);
      await run([...inSwitch, 'set', port, 'master', bridge, 'up']);
      const onHost = ['ip', '-n', host];
      await run([...onHost, 'addr', 'add', `${address}/24`, 'dev', underlayInterface]);
      await run([...onHost, 'link', 'set', underlayInterface, 'up']);
    },
    remove: async () => {
      await run(['ip', 'netns', 'del', namespace]);
    },
  };
}
