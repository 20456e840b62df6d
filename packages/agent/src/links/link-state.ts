import * as z from 'zod';
import { run } from '../process/run.ts';
import { linkExists } from './ip-batch.ts';

/** A link as the kernel has it. */
export interface LinkState {
  readonly name: string;
  /** `vlan`, `vxlan`, `bridge`, `veth`...; `null` for a piece of hardware. */
  readonly kind: string | null;
  /** Set up by the administrator. */
  readonly up: boolean;
  /** Whether it can carry frames: its cable is plugged in, or its own lower link is up. */
  readonly carrier: boolean;
  readonly mtu: number;
  /** Bridge that it is a port of. */
  readonly master: string | null;
  /** Link that it stands on. */
  readonly parent: string | null;
  readonly vlan: { readonly tag: number; readonly protocol: string } | null;
  readonly vxlan: {
    readonly id: number;
    readonly local: string | null;
    readonly parent: string | null;
    readonly port: number;
    readonly group: string | null;
    readonly ttl: number | null;
  } | null;
}

const data = z.looseObject({
  id: z.number().optional(),
  protocol: z.string().optional(),
  local: z.string().optional(),
  link: z.string().optional(),
  group: z.string().optional(),
  port: z.number().optional(),
  // `inherit` and `auto` are texts.
  ttl: z.union([z.number(), z.string()]).optional(),
});

const listed = z.array(
  z.looseObject({
    ifname: z.string().optional(),
    link: z.string().nullable().optional(),
    flags: z.array(z.string()).optional(),
    mtu: z.number().optional(),
    master: z.string().optional(),
    linkinfo: z
      .looseObject({ info_kind: z.string().optional(), info_data: data.optional() })
      .optional(),
  }),
);

/** Reads the output of `ip -json -details link show`. */
export function parseLinks(json: string): readonly LinkState[] {
  return listed.parse(JSON.parse(json.trim() === '' ? '[]' : json)).flatMap(link => {
    if (link.ifname === undefined) return [];
    const kind = link.linkinfo?.info_kind ?? null;
    const info = link.linkinfo?.info_data ?? {};
    const flags = link.flags ?? [];
    return {
      name: link.ifname,
      kind,
      up: flags.includes('UP'),
      carrier: flags.includes('LOWER_UP'),
      mtu: link.mtu ?? 0,
      master: link.master ?? null,
      parent: link.link ?? null,
      vlan: kind === 'vlan' ? { tag: info.id ?? 0, protocol: info.protocol ?? '' } : null,
      vxlan:
        kind === 'vxlan'
          ? {
              id: info.id ?? 0,
              local: info.local ?? null,
              parent: info.link ?? null,
              port: info.port ?? 0,
              group: info.group ?? null,
              ttl: typeof info.ttl === 'number' ? info.ttl : null,
            }
          : null,
    };
  });
}

/** The link of that name, or `null` when there is none. */
export async function readLink(name: string): Promise<LinkState | null> {
  if (!(await linkExists(name))) return null;
  return parseLinks(await run('ip', ['-json', '-details', 'link', 'show', 'dev', name]))[0] ?? null;
}

/** The ports of a bridge. */
export async function readPorts(bridge: string): Promise<readonly LinkState[]> {
  return parseLinks(await run('ip', ['-json', '-details', 'link', 'show', 'master', bridge]));
}
