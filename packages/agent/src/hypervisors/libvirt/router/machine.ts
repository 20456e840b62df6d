import type { DirectBoot } from '../../../images/vm/boot-files.ts';
import type { DiskImage } from '../domain.ts';
import type { MachineSettings } from '../machines.ts';
import { bootPort } from './boot-arguments.ts';

/** What routers of one size and template have in common. A warm image serves those for which all of it is the same. */
export interface RouterModel {
  readonly disk: DiskImage;
  readonly boot: DirectBoot;
  readonly accelerated: boolean;
  readonly limits: MachineSettings['limits'];
}

/** One machine of a model, which differs from others in what its memory is, and in names. */
export interface RouterMachine {
  readonly uuid: string;
  readonly name: string;
  readonly folder: string;
  /** Socket of its serial port for boot arguments. */
  readonly bootSocket: string;
  /** Tells machines apart that have the same memory. */
  readonly generationId: string;
  readonly memory:
    | { readonly kind: 'own' }
    /** Written to a file, of which others take copies. */
    | { readonly kind: 'template'; readonly file: string }
    /** A copy of the file, made page by page on the first write; the rest of its state is loaded after its start. */
    | { readonly kind: 'copy'; readonly file: string };
}

/**
 * How libvirt is to define the machine. It has no NIC: a copy must not come along with its template's, and so all
 * get theirs when they run. One that restarts itself has lost what it was told at its start, and ends.
 */
export function routerDomain(model: RouterModel, machine: RouterMachine): MachineSettings {
  const { disk, boot, accelerated, limits } = model;
  const { uuid, name, folder, bootSocket, generationId } = machine;
  return {
    name,
    uuid,
    accelerated,
    limits,
    kernel: { file: boot.kernel, initrd: boot.initrd, commandLine: boot.parameters },
    disks: [{ ...disk, target: 'vda', readOnly: true, shared: false }],
    nics: [],
    channels: [{ name: bootPort, socket: bootSocket }],
    consoleLog: `${folder}/console.log`,
    generationId,
    onReboot: 'destroy',
    qemuArguments: memoryArguments(machine.memory, limits.memoryMiB),
  };
}

function memoryArguments(memory: RouterMachine['memory'], memoryMiB: number): readonly string[] {
  if (memory.kind === 'own') return [];
  const share = memory.kind === 'template' ? 'on' : 'off';
  const file = memory.file.replaceAll(',', ',,');
  const backend = `memory-backend-file,id=warm,size=${memoryMiB}M,mem-path=${file},share=${share}`;
  const incoming = memory.kind === 'copy' ? ['-incoming', 'defer'] : [];
  return ['-object', backend, '-machine', 'memory-backend=warm', ...incoming];
}
