import { isSerializationFailure } from '../../common/pg-errors.js';

/** In a row, of one call: after that it fails. */
const MAX_DEADLOCKS = 5;

/** Two that go down one graph from different jobs may meet crosswise: PostgreSQL stops one, which begins again. */
export async function retryOnDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let left = MAX_DEADLOCKS; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !isSerializationFailure(error)) throw error;
    }
  }
}
