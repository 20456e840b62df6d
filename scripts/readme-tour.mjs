import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tourBlocks } from './lib/readme.mjs';
import { root, runMain } from './lib/steps.mjs';

const usage = `usage: readme-tour.mjs list            print the blocks as JSON
       readme-tour.mjs run TOUR [COMMAND...]
           run a tour's blocks, those for outside with COMMAND in front`;

/** Each block runs in a shell that has the variables and functions of the ones before, as in one terminal. */
function runBlock(commands, { state, prefix }) {
  const script = `set -a; source ${state}; set -euo pipefail\n${commands}\n{ declare -px; declare -f; } > ${state}\n`;
  const [program, ...args] = [...prefix, 'bash', '-c', script];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`exit code ${code} from:\n${commands}`));
    });
  });
}

async function runTour(tour, outsidePrefix) {
  const blocks = tourBlocks().filter(block => block.tour === tour);
  if (blocks.length === 0) throw new Error(`the README has no tour ${tour}`);
  const folder = mkdtempSync(join(tmpdir(), 'isola-tour-'));
  const state = join(folder, 'state');
  writeFileSync(state, '');
  try {
    for (const { commands, outside } of blocks) {
      await runBlock(commands, { state, prefix: outside ? outsidePrefix : [] });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await runMain(async () => {
  const [action, tour, ...prefix] = process.argv.slice(2);
  if (action === 'list') process.stdout.write(`${JSON.stringify(tourBlocks(), null, 2)}\n`);
  else if (action === 'run' && tour !== undefined) await runTour(tour, prefix);
  else throw new Error(usage);
});
