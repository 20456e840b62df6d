import type { Lab } from '../machines/lab.ts';
import type { Machine } from '../machines/machine.ts';

const exported = '/srv/shared';

/** A machine of a lab that gives hosts a folder of its own by NFS, over the trunk. */
export class FileServer {
  readonly #machine: Machine;

  private constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** `number` as of `Lab.add`. */
  static async add(lab: Lab, number: number): Promise<FileServer> {
    const machine = await lab.add('files', number);
    await machine.run(['mkdir', '-p', exported]);
    await machine.write('/etc/exports', `${exported} 10.201.0.0/24(rw,no_root_squash,async)\n`);
    await machine.run(['systemctl', 'start', 'nfs-server'], 180_000);
    return new FileServer(machine);
  }

  /** Mounts it at the folder, now and after a restart: whenever somebody looks there. */
  async mountOn(host: Machine, folder: string): Promise<void> {
    const [address = ''] = this.#machine.addresses.trunk.split('/');
    const options = 'vers=4.2,soft,_netdev,x-systemd.automount';
    await host.run(['mkdir', '-p', folder]);
    await host.write('/etc/fstab', `${address}:${exported} ${folder} nfs ${options} 0 0\n`);
    await host.run(['systemctl', 'daemon-reload']);
    await host.run(['systemctl', 'start', 'remote-fs.target'], 120_000);
    await host.run(['ls', folder], 120_000);
  }
}
