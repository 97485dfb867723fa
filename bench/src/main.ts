import { readOptions, type Options } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { renderTable } from './report/table.ts';
import { writeReport } from './report/write.ts';
import { Databases } from './run/databases.ts';
import { Progress } from './run/progress.ts';
import { runAll } from './run/schedule.ts';
import { startServer } from './run/server.ts';

async function measure(options: Options): Promise<void> {
  const server = await startServer(options.serverSettings);
  const databases = new Databases(server.url);
  try {
    const machine = await describeMachine(databases, options.systems);
    const { cores, processor, memoryGiB, node, postgres } = machine;
    const settings = Object.entries(postgres).map(([name, value]) => `${name} = ${value}`);
    console.log(`${processor}, ${cores} cores, ${memoryGiB} GiB, Node.js ${node}\n${settings.join(', ')}\n`);
    const results = await runAll(options, databases, new Progress(process.stderr));
    console.log(`\n${renderTable(results)}\n`);
    for (const { system, measure: name, error } of results.failures)
      console.log(`${name}, ${system}: ${error}`);
    for (const file of await writeReport(results, machine, options)) console.log(file);
    if (results.failures.length > 0) process.exitCode = 1;
  } finally {
    await databases.dropAll();
    await server.stop();
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if ('help' in options) console.log(options.help);
  else await measure(options);
} catch (error) {
  // What was asked for wrongly needs no stack.
  const usage = error instanceof Error && error.message.startsWith('--');
  console.error(usage ? error.message : error);
  process.exitCode = 1;
}
