import { readFile } from 'node:fs/promises';
import { run } from '../process/run.ts';
import { runInControlGroupView } from './control-groups.ts';

/** The profile that LXC gives a container which names none. */
const profile = 'lxc-container-default-cgns';
const profilesFile = '/etc/apparmor.d/lxc-containers';

/** Whether the kernel confines programs with AppArmor. */
export async function usesAppArmor(): Promise<boolean> {
  const text = await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => 'N');
  return text.trim() === 'Y';
}

/** Whether LXC's profile is loaded: without it, no container starts. Throws when AppArmor's state cannot be read. */
export async function containerProfileLoaded(): Promise<boolean> {
  const loaded = await runInControlGroupView('cat', ['/sys/kernel/security/apparmor/profiles']);
  return loaded.split('\n').some(line => line.startsWith(`${profile} `));
}

/**
 * Loads LXC's profiles where the kernel uses AppArmor and they are not loaded: its package does that when AppArmor's
 * is there before it, and its service, which Isola does not start, at boot.
 */
export async function loadContainerProfiles(): Promise<void> {
  if (!(await usesAppArmor()) || (await containerProfileLoaded())) return;
  await run('apparmor_parser', ['-r', '-W', '-T', profilesFile]);
}
