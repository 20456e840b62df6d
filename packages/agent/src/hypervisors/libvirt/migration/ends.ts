import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Channel, LocalEnd } from './relay.ts';

const memoryPort = 49_152;
const diskPort = 49_153;

/**
 * Where QEMU listens on the receiving host and is connected to on the sending one, which libvirt takes to be one
 * address. It is of the loopback network, one for each guest, so that moves do not meet.
 */
export function moveAddress(id: string): string {
  const [second = 0, third = 0, fourth = 0] = createHash('sha256').update(id).digest();
  // Neither 127.0.0.0/9, where others listen, nor the broadcast address.
  return `127.${128 + (second % 127)}.${third}.${1 + (fourth % 254)}`;
}

/** The URIs by which libvirt is told. `folder` is the instance's. */
export function moveUris(id: string, folder: string) {
  const address = moveAddress(id);
  return {
    libvirt: `qemu+unix:///system?socket=${libvirtSocketIn(folder)}`,
    memory: `tcp://${address}:${memoryPort}`,
    disk: `tcp://${address}:${diskPort}`,
  };
}

/** The ends on a host, by what libvirt's socket is there. */
export function moveEnds(id: string, libvirtSocket: string): Readonly<Record<Channel, LocalEnd>> {
  const host = moveAddress(id);
  return {
    libvirt: { path: libvirtSocket },
    memory: { host, port: memoryPort },
    disk: { host, port: diskPort },
  };
}

/** On the sending host: the socket that leads to the other host's libvirt. */
export function libvirtSocketIn(folder: string): string {
  return join(folder, 'peer');
}

/** The socket of a libvirt daemon, by its URI. */
export function socketOf(uri: string): string {
  return new URL(uri).searchParams.get('socket') ?? '/run/libvirt/libvirt-sock';
}
