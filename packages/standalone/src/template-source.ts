import type { TemplateSource } from '@isola/agent';
import { IsolaError } from '@isola/model';
import type { RunningServer } from '@isola/server';

/** Where the agent of this process takes templates from: the server, which starts after it. */
export class LocalTemplates implements TemplateSource {
  #server: Pick<RunningServer, 'openTemplate'> | null = null;

  /** From now on templates are to be had. */
  serve(server: Pick<RunningServer, 'openTemplate'>): void {
    this.#server = server;
  }

  async open(templateId: string) {
    if (this.#server === null)
      throw new IsolaError('resource_unavailable', { reason: 'the management server starts' });
    return (await this.#server.openTemplate(templateId)).stream;
  }
}
