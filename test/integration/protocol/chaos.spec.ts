import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** `npm run chaos` does the same for longer. It has a server of its own, which it kills. */
describe('a short campaign of faults', () => {
  it('loses nothing, and runs nothing twice in silence', async () => {
    const main = join(import.meta.dirname, '../../dist/test/chaos/main.js');
    const campaign = spawn(process.execPath, [main, '--seconds', '20'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let told = '';
    campaign.stdout.on('data', (data: Buffer) => (told += data.toString()));
    campaign.stderr.on('data', (data: Buffer) => (told += data.toString()));
    const [code] = (await once(campaign, 'close')) as [number];
    if (code !== 0) throw new Error(told);
    expect(told).toContain('0 violations');
  }, 600_000);
});
