import { startProbe } from './start.ts';

/** One probe as a program. Prints JSON lines, and ends when standard input closes or it has its answer. */
startProbe(process.argv.slice(2), {
  report: result => void process.stdout.write(`${JSON.stringify(result)}\n`),
  onEnd: end => {
    process.stdin.resume();
    process.stdin.once('end', end);
  },
  exit: code => process.exit(code),
  fail: error => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
});
