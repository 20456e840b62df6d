import { type Host, runs, watch } from './host-state.ts';
import { destroyContainer } from './hypervisors/lxc/container.ts';
import { openLink } from './routers/commands.ts';

/** Finds what runs on the host, watches it and opens the links of its routers. Nothing that runs is touched. */
export async function takeOver(host: Host): Promise<void> {
  for (const id of await host.instances.list()) {
    const instance = await host.instances.read(id);
    // The rest of a removal that was cut short.
    if (instance === null) await destroyContainer(host.instances.container(id));
    else if (await runs(host, id)) {
      await watch(host, id);
      if (instance.kind === 'router') await openLink(host, instance.spec);
      host.logger.info({ id, name: instance.spec.name }, 'took over a running instance');
    }
  }
}
