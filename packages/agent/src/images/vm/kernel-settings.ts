/** Licences stay in; hooks that would make an initrd, and what only helps debugging the kernel, stay out. */
export const kernelOptions = [
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/etc/kernel/*',
  'path-exclude=/boot/System.map*',
  'path-exclude=/boot/config*',
];

/** A machine whose kernel gives up ends, so that its host learns of it. */
export const kernelParameters = [
  'console=ttyS0',
  'quiet',
  'net.ifnames=0',
  'selinux=0',
  'cryptomgr.notests',
  'random.trust_cpu=on',
  'panic=-1',
];
