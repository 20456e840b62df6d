import type { SegmentRef, SegmentSpec } from '@isola/agent-protocol';
import type { AgentOptions } from '../host/options.ts';
import { protectHost } from '../host/prepare.ts';
import type { Names } from '../names.ts';
import { run } from '../process/run.ts';
import { Serial } from '../process/serial.ts';
import { type LinkState, parseLinks } from './link-state.ts';
import { describeSegment, ensureSegment, listSegments, removeSegment } from './segments.ts';

/**
 * The segments of a host, one change of each at a time. What was asked for is remembered, so that a link to other hosts
 * comes back when it went with its interface, or was removed by hand.
 */
export class HostSegments {
  readonly #names: Names;
  readonly #options: AgentOptions;
  readonly #serial = new Serial();
  readonly #wanted = new Map<string, SegmentSpec>();

  constructor(names: Names, options: AgentOptions) {
    this.#names = names;
    this.#options = options;
  }

  /** As `ensureSegment`; VXLAN packets of its peers are let in. */
  ensure(segment: SegmentSpec): Promise<void> {
    const key = describeSegment(segment);
    return this.#serial.run(key, async () => {
      // One that could not be made the first time is not there to be kept whole.
      if (this.#wanted.has(key)) this.#wanted.set(key, segment);
      await this.#make(segment);
      this.#wanted.set(key, segment);
    });
  }

  remove(segment: SegmentRef): Promise<void> {
    const key = describeSegment(segment);
    return this.#serial.run(key, async () => {
      this.#wanted.delete(key);
      await removeSegment(this.#names, segment);
      await this.#admitPeers(segment);
    });
  }

  list(): Promise<readonly SegmentRef[]> {
    return listSegments(this.#names);
  }

  /** Puts back what is missing of the segments that were asked for. What cannot be is logged, and tried again next time. */
  async repair(): Promise<void> {
    if (this.#wanted.size === 0) return;
    const found = parseLinks(await run('ip', ['-json', '-details', 'link', 'show']));
    const links = new Map(found.map(link => [link.name, link]));
    for (const [key, segment] of this.#wanted) {
      if (this.#isWhole(segment, links)) continue;
      await this.#serial.run(key, async () => {
        // Changed or removed meanwhile: then it was looked at.
        if (this.#wanted.get(key) !== segment) return;
        const { logger } = this.#options;
        try {
          await this.#make(segment);
          logger.warn({ segment: key }, 'a segment was damaged and is whole again');
        } catch (error) {
          logger.warn({ err: error, segment: key }, 'a segment is damaged');
        }
      });
    }
  }

  async #make(segment: SegmentSpec): Promise<void> {
    try {
      await ensureSegment({ ...this.#options, names: this.#names }, segment);
    } finally {
      await this.#admitPeers(segment);
    }
  }

  async #admitPeers({ isolation }: SegmentRef): Promise<void> {
    if (isolation === 'VXLAN' && this.#options.underlay !== null) await protectHost(this.#options);
  }

  #isWhole(segment: SegmentSpec, links: ReadonlyMap<string, LinkState>): boolean {
    const bridge = this.#names.segment(segment);
    if (links.get(bridge)?.up !== true) return false;
    const { guestInterface, underlay } = this.#options;
    const leaves =
      segment.isolation === 'VLAN' ? (segment.label ?? guestInterface) !== null : underlay !== null;
    const uplink = links.get(this.#names.segmentUplink(segment));
    return leaves ? uplink?.up === true && uplink.master === bridge : uplink === undefined;
  }
}
