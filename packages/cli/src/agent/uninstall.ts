import { forgetImages, teardownHost } from '@isola/agent';
import { CliError, messageOf } from '../cli-error.ts';
import { releasePackages } from '../machine/apt.ts';
import { isHome, removeHome } from '../machine/home.ts';
import { readInstalled } from '../machine/installed.ts';
import { endHolder } from '../process/lock.ts';
import type { Progress } from '../process/progress.ts';
import { agentLock } from './run.ts';
import { removeService } from './service.ts';
import { readAgentSettings, removeAgentSettings } from './settings.ts';

const stopTimeoutMs = 30_000;

/** Takes all that Isola made off this machine, its routers and guests too. What fails can be repeated. */
export async function uninstallAgent(settingsFile: string, progress: Progress): Promise<void> {
  if (process.getuid?.() !== 0) throw new CliError('isola agent uninstall must be run as root');
  const settings = await readAgentSettings(settingsFile);
  if (settings === null) return progress.line(`nothing to remove: there is no ${settingsFile}`);
  const { home, imagesFolder, hypervisor, kvm } = settings;
  await progress.step('stopping the agent', async () => {
    await removeService();
    await endHolder(agentLock(home), stopTimeoutMs);
  });
  if (await isHome(home)) {
    await progress.step('stopping routers and guests', () =>
      teardownHost({ home, libvirtUri: kvm.libvirtUri, purge: true }).catch((cause: unknown) => {
        throw new CliError(messageOf(cause), 'What is left goes when the command is repeated.');
      }),
    );
    const installed = await readInstalled(home);
    if (installed.length > 0) {
      await progress.step('letting go of Debian packages', () => releasePackages(installed));
      progress.line('`apt-get autoremove` removes the Debian packages that Isola installed');
    }
    if (hypervisor === 'LXC') await forgetImages({ home, imagesFolder });
    const kept = await removeHome(home);
    if (kept.length > 0) progress.line(`kept in ${home}: ${kept.join(', ')}`);
  }
  await removeAgentSettings(settingsFile);
}
