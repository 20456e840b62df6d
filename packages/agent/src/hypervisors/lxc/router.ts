import type { RouterSpec } from '@isola/agent-protocol';
import { type RouterConfig, routerBootConfigPath } from '@isola/model';
import type { ControlGroupVersion } from '../../host/control-groups.ts';
import type { Names } from '../../names.ts';
import type { ContainerSettings } from './config.ts';
import type { DeltaFile } from './delta.ts';

/** What LXC needs to know of a router. */
export function routerSettings(
  names: Names,
  spec: RouterSpec,
  host: { readonly imageRoot: string; readonly controlGroups: ControlGroupVersion },
): Omit<ContainerSettings, 'delta'> {
  return {
    hostname: spec.name,
    lowerRoot: host.imageRoot,
    controlGroups: host.controlGroups,
    pivotGroup: names.controlGroup,
    initCommand: '/usr/sbin/isola-init',
    haltSignal: 'SIGHUP',
    limits: spec.limits,
    nics: spec.nics.map(nic => ({
      link: names.cable(spec.id, nic.device).inner,
      device: nic.device,
      // There before any of its programs, so that a connection is refused at once and not lost in ARP.
      address: nic.network.kind === 'control' ? `${spec.controlAddress}/16` : null,
    })),
  };
}

/** What is laid into a router before each start. */
export function routerFiles(
  spec: RouterSpec,
  boot: RouterConfig,
  keys: { readonly hostKey: string; readonly authorized: readonly string[] },
): readonly DeltaFile[] {
  const authorized = keys.authorized.map(key => `${key}\n`).join('');
  return [
    { path: 'root/.ssh/authorized_keys', content: authorized, mode: 0o600 },
    { path: 'etc/ssh/ssh_host_ed25519_key', content: keys.hostKey, mode: 0o600 },
    { path: routerBootConfigPath.slice(1), content: JSON.stringify(boot), mode: 0o600 },
    { path: 'etc/hostname', content: `${spec.name}\n`, mode: 0o644 },
    {
      path: 'etc/hosts',
      content: `127.0.0.1 localhost\n127.0.1.1 ${spec.name}\n`,
      mode: 0o644,
    },
  ];
}
