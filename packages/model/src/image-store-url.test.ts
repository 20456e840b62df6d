import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageStoreUrl, parseImageStoreUrl } from './image-store-url.ts';

describe('the URL of an image store', () => {
  it.each([
    ['file:///srv/secondary', { kind: 'local', path: '/srv/secondary' }],
    ['nfs://Files.example/exports/a', { kind: 'nfs', server: 'files.example', path: '/exports/a' }],
    ['NFS://[fd00::1]/a', { kind: 'nfs', server: '[fd00::1]', path: '/a' }],
  ])('%s is understood', (url, location) => {
    expect(parseImageStoreUrl(url)).toEqual(location);
  });

  it.each([
    'file://host/a',
    'file:///',
    'file:///a/../b',
    'file:///a//b',
    'file:///a b',
    'file:///a,rw',
    'nfs:///a',
    'nfs://-o/a',
    'nfs://user@host/a',
    'nfs://host:2049/a',
    'nfs://host/a?vers=3',
    'http://host/a',
    '/srv/a',
  ])('%s is refused', url => {
    expect(parseImageStoreUrl(url)).toBeNull();
  });

  it('has one spelling, whatever is understood', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9._ ,:@/-]{0,12}$/);
    fc.assert(
      fc.property(fc.constantFrom('file', 'nfs'), part, part, (scheme, server, path) => {
        const location = parseImageStoreUrl(`${scheme}://${server}/${path}`);
        if (location === null) return;
        expect(parseImageStoreUrl(imageStoreUrl(location))).toEqual(location);
        expect(location.path.split('/')).not.toContain('..');
      }),
    );
  });
});
