/** What Node 18, the one of Debian 12 and Ubuntu 24.04, has not and our code uses. Bundled with programs for it. */

const array = Array.prototype as unknown as Record<string, unknown>;

function add(name: string, value: (this: unknown[], ...args: never[]) => unknown): void {
  if (name in Array.prototype) return;
  Object.defineProperty(array, name, { value, writable: true, configurable: true });
}

add('toSorted', function (compare?: (a: unknown, b: unknown) => number) {
  return [...this].sort(compare);
});
add('toReversed', function () {
  return [...this].reverse();
});
