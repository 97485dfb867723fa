import { SharedRead } from '../../../lib/common/shared-read.js';

describe('a read that is shared', () => {
  it('is made once for all who ask at once or while it is fresh, and again when it is old', async () => {
    let reads = 0;
    const read = new SharedRead(async () => (reads += 1), 60_000);
    expect(await Promise.all([read.get(), read.get()])).toEqual([1, 1]);
    expect(await read.get()).toBe(1);
    read['at'] -= 60_001;
    expect(await read.get()).toBe(2);
  });

  it('is not made again while an answer is awaited, however long that takes', async () => {
    let answer: (text: string) => void = () => undefined;
    let reads = 0;
    const read = new SharedRead(async () => {
      reads += 1;
      return new Promise<string>((resolve) => (answer = resolve));
    }, 0);
    const first = read.get();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = read.get();
    answer('late');
    expect(await Promise.all([first, second])).toEqual(['late', 'late']);
    expect(reads).toBe(1);
  });

  it('is made again after an error', async () => {
    let reads = 0;
    const read = new SharedRead(async () => {
      reads += 1;
      if (reads === 1) throw new Error('away');
      return reads;
    }, 60_000);
    await expect(Promise.all([read.get(), read.get()])).rejects.toThrow('away');
    expect(await read.get()).toBe(2);
  });
});
