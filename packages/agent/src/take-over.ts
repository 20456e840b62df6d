import type { Host } from './host-state.ts';
import { openLink } from './routers/commands.ts';

/** Finds what runs on the host, watches it and opens the links of its routers. Nothing that runs is touched. */
export async function takeOver(host: Host): Promise<void> {
  for (const id of await host.instances.list()) {
    const instance = await host.instances.read(id);
    // The rest of a removal that was cut short.
    if (instance === null) await host.hypervisor.destroy(id);
    else if (await host.hypervisor.runs(id)) {
      await host.hypervisor.watch(id);
      if (instance.kind === 'router') await openLink(host, instance.spec);
      host.logger.info({ id, name: instance.spec.name }, 'took over a running instance');
    }
  }
}
