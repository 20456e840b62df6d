import type { GuestSpec } from '@isola/agent-protocol';
import type { ControlGroupVersion } from '../../host/control-groups.ts';
import type { Names } from '../../names.ts';
import type { ContainerSettings } from './config.ts';
import type { DeltaFile } from './delta.ts';

/** What LXC needs to know of a guest. */
export function guestSettings(
  names: Names,
  spec: GuestSpec,
  host: { readonly imageRoot: string; readonly controlGroups: ControlGroupVersion },
): Omit<ContainerSettings, 'delta'> {
  return {
    hostname: spec.hostname,
    lowerRoot: host.imageRoot,
    controlGroups: host.controlGroups,
    pivotGroup: names.controlGroup,
    initCommand: '/sbin/init',
    // busybox init powers off on it.
    haltSignal: 'SIGUSR2',
    limits: spec.limits,
    nics: spec.nics.map(nic => ({
      link: names.cable(spec.id, nic.device).inner,
      device: nic.device,
      address: null,
    })),
  };
}

/** What is laid into a guest before each start. */
export function guestFiles(spec: GuestSpec): readonly DeltaFile[] {
  return [
    { path: 'etc/hostname', content: `${spec.hostname}\n`, mode: 0o644 },
    {
      path: 'root/.ssh/authorized_keys',
      content: spec.sshPublicKeys.map(key => `${key.trim()}\n`).join(''),
      mode: 0o600,
    },
  ];
}
