import { routerPaths } from './paths.ts';

const usage =
  'usage: isola-router run [--rehearse] | resync | status | iptables [-t TABLE] -S|-L [-n] [-v]\n';

/** The router program: `run` is the service, the others are for an operator on the router. */
async function main(): Promise<number> {
  const [command = '', ...args] = process.argv.slice(2);
  const root = process.env['ISOLA_ROUTER_ROOT'] ?? '/';
  switch (command) {
    case 'run': {
      const { runRouter } = await import('./program/run.ts');
      await runRouter(root, args.includes('--rehearse'));
      return 0;
    }
    case 'resync':
    case 'status': {
      const { printReport } = await import('./program/operator.ts');
      return printReport(routerPaths(root).socket, command);
    }
    case 'iptables': {
      const { iptablesView } = await import('./iptables-view/view.ts');
      return iptablesView(args);
    }
    default:
      process.stderr.write(usage);
      return 1;
  }
}

// `isola-router status | head` is no error.
process.stdout.on('error', () => process.exit(0));

main().then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `isola-router: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  },
);
