// What a platform does with a handler: hands it one event after another, and may freeze or end the process between two.
import { handler } from './handler';

process.on('message', (event: { invoice: number }) => {
  handler(event).then(
    (answer) => process.send?.(answer),
    (error: Error) => process.send?.({ error: error.stack }),
  );
});
