import type { Machine } from '../machines/machine.ts';

const script = `i=0; mkdir -p "$0"
for size in 4G 256M 16M 1M 64K 4K; do
  while fallocate -l $size "$0/$i" 2> /dev/null; do i=$((i + 1)); done
done`;

/** Takes all room of the file system that the folder is on, until what it gives is called. */
export async function fillDisk(machine: Machine, on: string): Promise<() => Promise<void>> {
  const folder = `${on}/full`;
  await machine.run(['sh', '-c', script, folder], 180_000);
  return async () => void (await machine.run(['rm', '-r', folder]));
}
