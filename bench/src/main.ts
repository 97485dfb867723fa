import { readOptions } from './options.ts';
import { renderTable } from './report/table.ts';
import { Databases } from './run/databases.ts';
import { Progress } from './run/progress.ts';
import { runAll } from './run/schedule.ts';
import { startServer } from './run/server.ts';

const options = readOptions(process.argv.slice(2));
if ('help' in options) {
  console.log(options.help);
} else {
  const server = await startServer(options.serverSettings);
  const databases = new Databases(server.url);
  try {
    const results = await runAll(options, databases, new Progress(process.stderr));
    console.log(`\n${renderTable(results)}\n`);
    if (results.failures.length > 0) process.exitCode = 1;
  } finally {
    await databases.dropAll();
    await server.stop();
  }
}
