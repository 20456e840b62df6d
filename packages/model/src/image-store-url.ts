/** Where an image store is: a folder of the management server, or one that a file server exports. */
export type ImageStoreLocation =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'nfs'; readonly server: string; readonly path: string };

/** Folders in a path; names of letters and digits only, so that no list, log or mount table needs to quote them. */
const pathPattern = /^(?:\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+$/;
const serverPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])$/;
const longestServer = 253;
const longestPath = 1024;

/** Reads `file:///path` or `nfs://server/path`; anything else, also credentials, ports and options, gives `null`. */
export function parseImageStoreUrl(url: string): ImageStoreLocation | null {
  const [, scheme, server = '', path = ''] = /^(file|nfs):\/\/([^/]*)(\/.*)$/i.exec(url) ?? [];
  if (scheme === undefined || path.length > longestPath || !pathPattern.test(path)) return null;
  if (scheme.toLowerCase() === 'file') return server === '' ? { kind: 'local', path } : null;
  if (server.length > longestServer || !serverPattern.test(server)) return null;
  return { kind: 'nfs', server: server.toLowerCase(), path };
}

/** The one spelling of a location: two stores with the same are the same. */
export function imageStoreUrl(location: ImageStoreLocation): string {
  return location.kind === 'local'
    ? `file://${location.path}`
    : `nfs://${location.server}${location.path}`;
}
