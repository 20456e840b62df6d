import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import type { Installation } from '@isola/model';

/** The device file may be there and hang, or fail, when a machine runs on it: in a machine that is itself virtual. */
const limitMs = 5_000;
/** Where the operator says that it works, the try may take what it takes on a busy machine. */
const insistingLimitMs = 60_000;

/** What the firmware says first: then the virtual processor ran. */
const signOfLife = 'SeaBIOS';

/** Whether virtual machines are to run on the processor: as the setting says, or as a try tells. */
export function isAccelerated(setting: Installation['kvm']['acceleration']): Promise<boolean> {
  return setting === 'auto' ? probeAcceleration() : Promise.resolve(setting === 'on');
}

/** Whether the host runs virtual machines on its processor: found out by running one for a moment, or longer where that is insisted on. */
export async function probeAcceleration(insist = false): Promise<boolean> {
  const there = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  return there && (await firmwareRuns(insist ? insistingLimitMs : limitMs));
}

function firmwareRuns(within: number): Promise<boolean> {
  const machine = ['-accel', 'kvm', '-machine', 'pc', '-cpu', 'host', '-m', '16'];
  const bare = ['-display', 'none', '-nodefaults', '-no-user-config'];
  const debug = [
    '-chardev',
    'stdio,id=debug',
    '-device',
    'isa-debugcon,iobase=0x402,chardev=debug',
  ];
  return new Promise(resolve => {
    const child = spawn('qemu-system-x86_64', [...machine, ...bare, ...debug], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    // Not waited for: a process that hangs in the kernel may take its time to die.
    const settle = (alive: boolean): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      child.unref();
      child.stdout.destroy();
      resolve(alive);
    };
    const timer = setTimeout(() => settle(false), within);
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      said += text;
      if (said.includes(signOfLife)) settle(true);
    });
    child.once('error', () => settle(false));
    child.once('exit', () => settle(false));
  });
}
